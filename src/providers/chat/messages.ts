import { contentBlocks, contentParts } from './blocks.ts'
import { leftover } from '../requests/fields.ts'
import {
  isAbsent,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  nonEmpty,
  textOf,
} from '../json/json.ts'
import { anySource, mediaPart } from './media.ts'
import { type Block, callArguments, part, reasoning, type Transcript, unknownPart } from './transcript.ts'
import type { Part } from '../types.ts'
import { MESSAGE_NAMES } from '../requests/volatile.ts'

const READ: ReadonlySet<string> = new Set(
  (
    'role content name tool_calls function_call tool_call_id tool_name refusal audio images prefix is_error ' +
    'reasoning_content reasoning reasoning_details thinking tool_plan'
  ).split(' '),
)

/** The messages of every API with `messages[]` and roles: OpenAI, Anthropic, Mistral, Cohere, Ollama and compatible APIs. */
export function addMessages(transcript: Transcript, messages: JsonValue | undefined): void {
  if (messages === undefined || messages === null) return
  for (const message of isList(messages) ? messages : [messages]) addMessage(transcript, message)
}

function addMessage(transcript: Transcript, message: JsonValue): void {
  if (!isObject(message)) {
    transcript.add(
      'user',
      typeof message === 'string' ? contentBlocks(message) : [part(unknownPart(message))],
    )
    return
  }
  const role = textOf(message['role']) ?? 'user'
  const extra = leftover(message, READ, MESSAGE_NAMES)
  if (role === 'tool' || role === 'function') {
    transcript.add('tool', [toolMessage(message, extra)])
    return
  }
  if (message['prefix'] === true) extra['prefix'] = true
  const name = nonEmpty(message['name'])
  if (name !== undefined) extra['name'] = name
  const blocks = [
    ...readableReasoning(message),
    ...contentBlocks(message['content']),
    ...images(message['images']).map(part),
  ]
  transcript.add(
    role,
    [...blocks, ...refusal(message['refusal']), ...audio(message['audio']), ...calls(message)],
    extra,
  )
}

/** A message of role `tool` or of the older role `function`, which has a name instead of an id. Ollama says `tool_name`. */
function toolMessage(message: JsonObject, extra: JsonObject): Block {
  return {
    kind: 'result',
    id: textOf(message['tool_call_id']),
    name: nonEmpty(message['tool_name'] ?? message['name']),
    content: [...contentParts(message['content']), ...images(message['images'])],
    extra: { ...extra, ...(message['is_error'] === true ? { is_error: true } : {}) },
  }
}

/**
 * The first of `reasoning_content`, `reasoning` and `reasoning_details` that has content, because OpenRouter sends two of them. After
 * it come `thinking` and `tool_plan`.
 */
function readableReasoning(message: JsonObject): Block[] {
  const blocks = [...field(message, 'thinking'), ...field(message, 'tool_plan')]
  for (const name of ['reasoning_content', 'reasoning']) {
    const found = field(message, name)
    if (found.length > 0) return [...found, ...blocks]
  }
  return [...reasoningDetails(message['reasoning_details']), ...blocks]
}

const NONE: readonly Block[] = []

function field(message: JsonObject, name: string): readonly Block[] {
  const value = message[name]
  if (isAbsent(value)) return NONE
  return typeof value === 'string' ? reasoning(value) : [part({ type: 'reasoning', value })]
}

function reasoningDetails(details: JsonValue | undefined): Block[] {
  if (!isList(details)) return []
  return details.flatMap((detail) =>
    isObject(detail) ? reasoning(nonEmpty(detail['text']) ?? detail['summary']) : [],
  )
}

const refusal = (value: JsonValue | undefined): Block[] =>
  nonEmpty(value) === undefined ? [] : [part({ type: 'refusal', text: value })]

/** OpenAI refers to earlier spoken output by its id. */
const audio = (value: JsonValue | undefined): Block[] =>
  isObject(value) && nonEmpty(value['id']) !== undefined ? [part({ type: 'audio', id: value['id'] })] : []

/** Ollama sends images as plain base64, after the text. */
export const images = (value: JsonValue | undefined): Part[] =>
  isList(value)
    ? value.map((item) =>
        typeof item === 'string' ? mediaPart('image', { ...anySource(item) }) : unknownPart(item),
      )
    : []

function calls(message: JsonObject): Block[] {
  const list = message['tool_calls']
  const legacy = message['function_call']
  const all = isList(list) ? list.map(call) : isAbsent(list) ? [] : [part(unknownPart(list))]
  return isObject(legacy) ? [...all, functionCall(undefined, legacy, {})] : all
}

// `extra_content` holds the thought signatures of Google's OpenAI-compatible endpoint.
const CALL: ReadonlySet<string> = new Set(['id', 'type', 'index', 'function', 'custom', 'extra_content'])
const FUNCTION: ReadonlySet<string> = new Set(['name', 'arguments', 'index'])

function call(value: JsonValue): Block {
  if (!isObject(value)) return part(unknownPart(value))
  const id = textOf(value['id'])
  const extra = leftover(value, CALL)
  const custom = value['custom']
  if (isObject(custom)) {
    const name = textOf(custom['name']) ?? ''
    return { kind: 'call', id, name, payload: { input: custom['input'] ?? '', ...extra } }
  }
  return functionCall(id, isObject(value['function']) ? value['function'] : {}, extra)
}

function functionCall(id: string | undefined, value: JsonObject, extra: JsonObject): Block {
  const rest = leftover(value, FUNCTION)
  const name = textOf(value['name']) ?? ''
  return {
    kind: 'call',
    id,
    name,
    payload: { arguments: callArguments(value['arguments']), ...extra, ...rest },
  }
}
