import {
  camelCase,
  isAbsent,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  nonEmpty,
  prune,
  set,
  snakeCase,
  textOf,
} from '../../json/json.ts'
import { leftover } from '../../requests/fields.ts'
import { dataSource, kindOf, mediaPart, mediaType } from '../../chat/media.ts'
import {
  type Block,
  callArguments,
  part,
  reasoning,
  textPart,
  type Transcript,
  unknownPart,
} from '../../chat/transcript.ts'
import type { Part } from '../../types.ts'
import { MESSAGE_NAMES } from '../../requests/volatile.ts'

/** Google accepts snake_case and camelCase keys. This converts one level only: the levels below may hold the user's keys. */
export function camelKeys(object: JsonObject): JsonObject {
  const out: JsonObject = {}
  for (const [name, value] of Object.entries(object)) set(out, camelCase(name), value)
  return out
}

/** Converts every level. Use it for configuration that holds no keys of the user. */
export function camelDeep(value: JsonValue): JsonValue {
  if (isList(value)) return value.map(camelDeep)
  if (!isObject(value)) return value
  const out: JsonObject = {}
  for (const [name, item] of Object.entries(value)) {
    if (item !== undefined) set(out, camelCase(name), camelDeep(item))
  }
  return out
}

/** `contents`: a string, one Content, one part, or a list of these. A missing role means the user. */
export function addContents(transcript: Transcript, contents: JsonValue | undefined): void {
  if (isAbsent(contents)) return
  for (const item of isList(contents) ? contents : [contents]) {
    const { role, parts, extra } = readContent(item)
    transcript.add(role === 'model' ? 'assistant' : role === 'function' ? 'user' : role, parts, extra)
  }
}

interface GeminiContent {
  readonly role: string
  readonly parts: readonly Block[]
  /** Further fields that take part in matching. */
  readonly extra: JsonObject
}

const CONTENT: ReadonlySet<string> = new Set(['role', 'parts'])
const DROPPED: ReadonlySet<string> = new Set([...MESSAGE_NAMES].map(camelCase))

/** A Content, a part, or text. */
export function readContent(value: JsonValue): GeminiContent {
  if (!isObject(value) || (value['parts'] === undefined && value['role'] === undefined))
    return { role: 'user', parts: readPart(value), extra: {} }
  const { parts } = value
  const role = nonEmpty(value['role']) ?? 'user'
  return {
    role,
    parts: isList(parts) ? parts.flatMap(readPart) : isAbsent(parts) ? [] : readPart(parts),
    extra: leftover(camelKeys(value), CONTENT, DROPPED),
  }
}

/** The parts of a system instruction: a string, a Content, a part, or a list of parts. The role is ignored. */
export function systemParts(value: JsonValue | undefined): Part[] {
  if (isAbsent(value)) return []
  const blocks = isList(value) ? value.flatMap((item) => readContent(item).parts) : readContent(value).parts
  return blocks.flatMap((block) => (block.kind === 'part' || block.kind === 'opaque' ? [block.part] : []))
}

const PART_KEYS =
  'text inlineData fileData functionCall functionResponse videoMetadata thought thoughtSignature'.split(' ')

function readPart(value: JsonValue): Block[] {
  if (typeof value === 'string') return [part(textPart(value))]
  if (!isObject(value)) return value === null ? [] : [part(unknownPart(value))]
  const fields = camelKeys(value)
  const { text, inlineData, fileData, functionCall, functionResponse } = fields
  const rest = camelDeep(without(fields)) as JsonObject
  if (isObject(functionCall)) return [call(camelKeys(functionCall), rest)]
  if (isObject(functionResponse)) return [response(camelKeys(functionResponse), rest)]
  if (isObject(inlineData) || isObject(fileData)) return [part(media(fields, rest))]
  if (text !== undefined && text !== null) {
    if (fields['thought'] === true) return reasoning(text)
    return [part({ type: 'text', text, ...rest })]
  }
  return server(rest)
}

const without = (fields: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => !PART_KEYS.includes(name) && !isAbsent(value)),
  )

function call(fields: JsonObject, extra: JsonObject): Block {
  const { partialArgs, willContinue } = fields
  const partial = {
    ...(isAbsent(partialArgs) ? {} : { partialArgs }),
    ...(willContinue === true ? { willContinue } : {}),
  }
  return {
    kind: 'call',
    id: textOf(fields['id']),
    name: textOf(fields['name']) ?? '',
    payload: { arguments: callArguments(fields['args']), ...partial, ...extra },
  }
}

/** The response object belongs to the user. Multimodal `parts` follow it. */
function response(fields: JsonObject, extra: JsonObject): Block {
  const { id: _id, name, response: json, parts, ...others } = fields
  const content: Part[] = isAbsent(json) ? [] : [{ type: 'json', json }]
  const more = isList(parts) ? parts.flatMap(readPart) : []
  content.push(...more.flatMap((block) => (block.kind === 'part' ? [block.part] : [])))
  const pruned = prune(others) as JsonObject
  return {
    kind: 'result',
    id: textOf(fields['id']),
    name: nonEmpty(name),
    content,
    extra: { ...pruned, ...extra },
  }
}

function media(fields: JsonObject, extra: JsonObject): Part {
  const { inlineData, fileData, videoMetadata } = fields
  const video = isObject(videoMetadata) ? { video_metadata: camelDeep(prune(videoMetadata)) } : {}
  const inline = isObject(inlineData) ? camelKeys(inlineData) : undefined
  const file = isObject(fileData) ? camelKeys(fileData) : {}
  const type = mediaType((inline ?? file)['mimeType'])
  const source =
    inline === undefined
      ? { media_type: type, url: file['fileUri'] }
      : dataSource(textOf(inline['data']) ?? '', type)
  const name = nonEmpty((inline ?? file)['displayName'])
  return mediaPart(kindOf(type), { ...source, name, ...video, ...extra })
}

/** Calls and results of Google's own tools: `executableCode`, `codeExecutionResult`, `toolCall` ... The ids are generated. */
function server(rest: JsonObject): Block[] {
  return Object.entries(rest).map(([name, value]): Block => {
    const type = snakeCase(name)
    if (!isObject(value)) return part({ type, value })
    const { id, ...kept } = value
    const canonical: Part = { ...(prune(kept) as JsonObject), type }
    const opens = name === 'toolCall' || name === 'executableCode'
    return typeof id === 'string' && id !== ''
      ? { kind: 'opaque', part: canonical, id, opens }
      : part(canonical)
  })
}
