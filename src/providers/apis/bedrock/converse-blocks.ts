import {
  isAbsent,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  nonEmpty,
  prune,
  snakeCase,
  textOf,
} from '../../json/json.ts'
import { dataSource, formatType, mediaPart, type MediaKind } from '../../chat/media.ts'
import { type Block, callArguments, part, reasoning, textPart, unknownPart } from '../../chat/transcript.ts'
import type { Part } from '../../types.ts'

/** The content of Bedrock Converse (and of Nova's InvokeModel): a list of blocks. The key of a block is its type. */
export function converseBlocks(content: JsonValue | undefined): Block[] {
  if (isAbsent(content)) return []
  if (typeof content === 'string') return [part(textPart(content))]
  return (isList(content) ? content : [content]).flatMap(readBlock)
}

export const converseParts = (content: JsonValue | undefined): Part[] =>
  converseBlocks(content).map((block) =>
    block.kind === 'part' || block.kind === 'opaque' ? block.part : { type: block.kind, ...block },
  )

function readBlock(block: JsonValue): Block[] {
  if (!isObject(block)) return block === null ? [] : [part(unknownPart(block))]
  return Object.entries(block).flatMap(([name, value]) => (isAbsent(value) ? [] : member(name, value)))
}

function member(name: string, value: JsonValue): Block[] {
  switch (name) {
    case 'text':
      return [part({ type: 'text', text: value })]
    case 'json':
      return [part({ type: 'json', json: value })]
    case 'cachePoint':
      return []
    case 'image':
    case 'document':
    case 'video':
    case 'audio':
      return [part(isObject(value) ? media(name, value) : { type: name, value })]
    case 'toolUse':
      return isObject(value) ? [toolUse(value)] : [part({ type: 'tool_use', value })]
    case 'toolResult':
      return isObject(value) ? [toolResult(value)] : [part({ type: 'tool_result', value })]
    case 'reasoningContent':
      return readReasoning(value)
    case 'citationsContent':
      // Generated text with its citations. The citations are output metadata.
      return isObject(value) ? converseBlocks(value['content']) : [part({ type: 'citations_content', value })]
    default:
      return [part(opaque(snakeCase(name), value))]
  }
}

/** `guardContent`, `searchResult`, `toolAddition` ... */
const opaque = (type: string, value: JsonValue): Part =>
  isObject(value) ? { ...(prune(value) as JsonObject), type } : { type, value }

function media(kind: MediaKind, block: JsonObject): Part {
  const { format, source, name, context, citations, ...rest } = block
  const pruned = prune(rest) as JsonObject
  return mediaPart(kind, {
    ...sourceOf(source, formatType(kind, format)),
    name: nonEmpty(name),
    context: nonEmpty(context),
    citations: isObject(citations) && citations['enabled'] === true ? true : undefined,
    ...pruned,
  })
}

/** `{bytes | s3Location | text | content}`. */
function sourceOf(
  source: JsonValue | undefined,
  type: string | undefined,
): Readonly<Record<string, unknown>> {
  const { bytes, s3Location, text, content, ...other } = isObject(source) ? source : {}
  if (typeof bytes === 'string') return dataSource(bytes, type)
  if (isObject(s3Location)) return { media_type: type, url: s3Location['uri'] }
  if (typeof s3Location === 'string') return { media_type: type, url: s3Location }
  if (typeof text === 'string') return { media_type: type ?? 'text/plain', text }
  if (isList(content)) return { media_type: type, content: converseParts(content) }
  return { media_type: type, ...(Object.keys(other).length === 0 ? {} : { source: prune(other) }) }
}

/** The server runs a tool that has a `type`. Its ids are generated, and its result is in the same turn. */
function toolUse(block: JsonObject): Block {
  const { toolUseId, name, input, type, ...rest } = block
  const id = textOf(toolUseId)
  const extra = prune(rest) as JsonObject
  if (nonEmpty(type) !== undefined) {
    return { kind: 'opaque', part: { ...extra, type: type as string, name, input }, id, opens: true }
  }
  return {
    kind: 'call',
    id,
    name: textOf(name) ?? '',
    payload: { arguments: callArguments(input), ...extra },
  }
}

function toolResult(block: JsonObject): Block {
  const { toolUseId, content, status, type, ...rest } = block
  const id = textOf(toolUseId)
  const parts = converseParts(content)
  const extra = { ...(status === 'error' ? { is_error: true } : {}), ...(prune(rest) as JsonObject) }
  if (nonEmpty(type) !== undefined) {
    return { kind: 'opaque', part: { ...extra, type: type as string, content: parts }, id, opens: false }
  }
  return { kind: 'result', id, name: undefined, content: parts, extra }
}

function readReasoning(value: JsonValue): Block[] {
  if (!isObject(value)) return reasoning(value)
  const text = value['reasoningText']
  return isObject(text) ? reasoning(text['text']) : reasoning(text)
}
