import {
  isAbsent,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  nonEmpty,
  prune,
  set,
  textOf,
} from './json.ts'
import {
  anySource,
  dataSource,
  detailOf,
  formatType,
  mediaPart,
  mediaType,
  sha256,
  urlSource,
} from './media.ts'
import { type Block, callArguments, part, reasoning, textPart, unknownPart } from './transcript.ts'
import type { Part } from './types.ts'
import { EVERYWHERE, PART_NAMES, TEXT_PART_NAMES } from './volatile.ts'

/** The fields of an object that no rule reads, without the volatile and the absent ones. */
export function leftover(
  object: JsonObject,
  read: ReadonlySet<string>,
  volatile: ReadonlySet<string> = PART_NAMES,
): JsonObject {
  const out: JsonObject = {}
  for (const [name, value] of Object.entries(object)) {
    if (!read.has(name) && !volatile.has(name) && !isAbsent(value)) set(out, name, prune(value, EVERYWHERE))
  }
  return out
}

const setOf = (names: string): ReadonlySet<string> => new Set(names.split(' '))
const TEXT = setOf('type text')
const TOOL_USE = setOf('type id name input caller')
const TOOL_RESULT = setOf('type tool_use_id content is_error')
const LINK = setOf('url detail')
const AUDIO = setOf('data format')
const MEDIA = setOf(
  'type source image_url input_audio audio_url video_url file file_id file_data file_url filename document document_url ' +
    'document_name title context citations detail',
)

/** A message's or a result's content in any of the typed spellings: text, or a list of blocks. */
export function contentBlocks(content: JsonValue | undefined): Block[] {
  if (isAbsent(content)) return []
  if (typeof content === 'string') return [part(textPart(content))]
  return isList(content)
    ? content.flatMap(typedBlocks)
    : isObject(content)
      ? typedBlocks(content)
      : [part(unknownPart(content))]
}

/** The same as parts; a call or result inside of a result is none of the conversation's. */
export const contentParts = (content: JsonValue | undefined): Part[] =>
  contentBlocks(content).map((block) =>
    block.kind === 'part' || block.kind === 'opaque' ? block.part : { type: block.kind, ...block },
  )

/** One block of OpenAI (Chat and Responses), Anthropic, Mistral or Cohere: they name their blocks by `type`. */
export function typedBlocks(block: JsonValue): Block[] {
  if (typeof block === 'string') return [part(textPart(block))]
  if (!isObject(block)) return block === null ? [] : [part(unknownPart(block))]
  switch (block['type']) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return [part({ ...leftover(block, TEXT, TEXT_PART_NAMES), type: 'text', text: block['text'] ?? '' })]
    case 'refusal':
      return [part({ type: 'refusal', text: block['refusal'] ?? '' })]
    case 'thinking':
      return thinking(block['thinking'])
    case 'reasoning_text':
    case 'summary_text':
      return reasoning(block['text'])
    case 'redacted_thinking':
      return []
    case 'tool_use':
      return [toolUse(block)]
    case 'tool_result':
      return [toolResult(block)]
    default:
      return [mediaBlock(block) ?? opaque(block)]
  }
}

/** Anthropic's and Cohere's text, or Mistral's list of chunks. */
function thinking(value: JsonValue | undefined): Block[] {
  if (!isList(value)) return reasoning(value)
  return value.flatMap((chunk) =>
    isObject(chunk) && chunk['type'] === 'text' ? reasoning(chunk['text']) : typedBlocks(chunk),
  )
}

/** Who called a tool, where it was not the model itself; the id of the server tool that did is generated. */
function indirectCaller({ caller }: JsonObject): JsonObject {
  return isObject(caller) && caller['type'] !== 'direct' ? { caller: { type: caller['type'] } } : {}
}

function toolUse(block: JsonObject): Block {
  const rest = leftover(block, TOOL_USE)
  return {
    kind: 'call',
    id: textOf(block['id']),
    name: textOf(block['name']) ?? '',
    payload: { arguments: callArguments(block['input']), ...indirectCaller(block), ...rest },
  }
}

function toolResult(block: JsonObject): Block {
  const rest = leftover(block, TOOL_RESULT)
  return {
    kind: 'result',
    id: textOf(block['tool_use_id']),
    name: undefined,
    content: contentParts(block['content']),
    extra: { ...(block['is_error'] === true ? { is_error: true } : {}), ...rest },
  }
}

/** Fields that hold generated ids of server tools. */
const IDS = setOf('type id tool_use_id call_id approval_request_id status annotations caller')

/** A block that only its server reads: server tools and their results, search results, compaction ... */
export function opaque(block: JsonObject): Block {
  const kept = leftover(block, IDS)
  // The only copy of the turns it replaces: as its hash, it is long.
  const blob = textOf(block['encrypted_content'])
  if (block['type'] === 'compaction' && blob !== undefined) {
    delete kept['encrypted_content']
    kept['sha256'] = sha256(blob.toWellFormed())
  }
  const id = nonEmpty(block['tool_use_id'] ?? block['call_id'] ?? block['approval_request_id'] ?? block['id'])
  const canonical: Part = { ...kept, ...indirectCaller(block), type: textOf(block['type']) ?? 'unknown' }
  const refers = ['tool_use_id', 'call_id', 'approval_request_id'].some(
    (name) => nonEmpty(block[name]) !== undefined,
  )
  const opens = !refers && /_use$/.test(canonical.type)
  if (!refers && !opens) return part(canonical)
  return { kind: 'opaque', part: canonical, id, opens }
}

function mediaBlock(block: JsonObject): Block | undefined {
  const found = readMedia(block)
  if (found === undefined) return undefined
  const { type, ...fields } = found
  return part(mediaPart(type, { ...fields, ...leftover(block, MEDIA) }))
}

type Media = { readonly type: string } & Readonly<Record<string, unknown>>

function readMedia(block: JsonObject): Media | undefined {
  switch (block['type']) {
    case 'image':
      return isObject(block['source']) ? { type: 'image', ...anthropicSource(block['source']) } : undefined
    case 'document':
      return document(block)
    case 'image_url':
    case 'input_image':
      return image(block)
    case 'input_audio':
      return audio(block['input_audio'])
    case 'audio_url':
    case 'video_url':
      return linked(block['type'] === 'audio_url' ? 'audio' : 'video', block[block['type']])
    case 'file':
      return file(isObject(block['file']) ? block['file'] : block)
    case 'input_file':
      return file(block)
    case 'document_url':
      return linked('document', block['document_url'], nonEmpty(block['document_name']))
    default:
      return undefined
  }
}

/** `{type: base64 | url | file | text | content}`. */
export function anthropicSource(source: JsonObject): Readonly<Record<string, unknown>> {
  const declared = mediaType(source['media_type'])
  const { data, url, file_id: fileId, content } = source
  switch (source['type']) {
    case 'base64':
      return dataSource(textOf(data) ?? '', declared)
    case 'url':
      return urlSource(textOf(url) ?? '', declared)
    case 'file':
      return { file_id: fileId }
    case 'text':
      return { media_type: declared ?? 'text/plain', text: data }
    case 'content':
      return typeof content === 'string' ? { text: content } : { content: contentParts(content) }
    default:
      return { source: prune(source, EVERYWHERE) }
  }
}

function document(block: JsonObject): Media | undefined {
  const { source, document: cohere, citations } = block
  // Cohere: `{document: {id, data}}` or text.
  if (source === undefined && cohere !== undefined) {
    return { ...(isObject(cohere) ? cohere : { text: cohere }), type: 'document' }
  }
  if (!isObject(source)) return undefined
  return {
    type: 'document',
    ...anthropicSource(source),
    name: nonEmpty(block['title']),
    context: nonEmpty(block['context']),
    citations: isObject(citations) && citations['enabled'] === true ? true : undefined,
  }
}

function image(block: JsonObject): Media | undefined {
  const link = block['image_url']
  const url = textOf(isObject(link) ? link['url'] : link)
  const fileId = nonEmpty(block['file_id'])
  if (url === undefined && fileId === undefined) return undefined
  const rest = isObject(link) ? leftover(link, LINK) : {}
  return {
    type: 'image',
    ...rest,
    ...(url === undefined ? { file_id: fileId } : urlSource(url)),
    detail: detailOf((isObject(link) ? link['detail'] : undefined) ?? block['detail']),
  }
}

/** OpenAI: `{data, format}`; Mistral: base64 or a URL. */
function audio(value: JsonValue | undefined): Media | undefined {
  if (typeof value === 'string') return { type: 'audio', ...anySource(value) }
  const data = isObject(value) ? textOf(value['data']) : undefined
  if (!isObject(value) || data === undefined) return undefined
  return {
    type: 'audio',
    ...anySource(data, formatType('audio', value['format'])),
    ...leftover(value, AUDIO),
  }
}

function linked(kind: string, value: JsonValue | undefined, name?: string): Media | undefined {
  const url = textOf(isObject(value) ? value['url'] : value)
  if (url === undefined) return undefined
  return { type: kind, ...(isObject(value) ? leftover(value, LINK) : {}), ...urlSource(url), name }
}

function file(value: JsonObject): Media | undefined {
  const fileId = nonEmpty(value['file_id'])
  const data = textOf(value['file_data'])
  const url = textOf(value['file_url'])
  if (fileId === undefined && data === undefined && url === undefined) return undefined
  const source =
    data !== undefined ? anySource(data) : url !== undefined ? urlSource(url) : { file_id: fileId }
  return { type: 'document', ...source, name: nonEmpty(value['filename']), detail: detailOf(value['detail']) }
}
