import { defined } from '../../base/defined.ts'
import { UnsayableError } from '../../errors/unsayable-error.ts'
import {
  isAbsent,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  nonEmpty,
  textOf,
} from '../../providers/json/json.ts'
import type { Asking, CallPart } from '../asking.ts'
import { Calls } from './calls.ts'
import { leftOf, readChoice, readFormat, readSettings, readTools } from './options.ts'
import { type AnyPart, fromUrl, readParts, readPlainParts } from './parts.ts'
import { Talk } from './talk.ts'

/** Reads a body with `messages`: OpenAI Chat and compatible APIs, Anthropic, Mistral, Cohere, Ollama. */
export function readMessages(given: JsonObject): Asking {
  const body = isObject(given['options']) ? { ...given['options'], ...given } : given
  if (!isAbsent(body['documents'])) throw new UnsayableError('it gives documents beside the messages')
  if (!isAbsent(body['mcp_servers'])) throw new UnsayableError('it offers tools of an MCP server')
  const calls = new Calls()
  const talk = new Talk()
  talk.say('system', readParts(body['system'], calls))
  const messages = body['messages']
  for (const message of isList(messages) ? messages : [])
    if (isObject(message)) addMessage(talk, calls, message)
  const choice = body['tool_choice'] ?? body['function_call']
  const config = body['output_config']
  const serial =
    body['parallel_tool_calls'] === false ||
    (isObject(choice) && choice['disable_parallel_tool_use'] === true)
  return {
    ...talk.asking(),
    tools: [...readTools(body['tools']), ...readTools(body['functions'])],
    ...defined({
      choice: readChoice(choice),
      serial: serial ? (true as const) : undefined,
      format: readFormat(
        body['response_format'] ??
          body['output_format'] ??
          (isObject(config) ? config['format'] : undefined) ??
          formatField(body),
      ),
    }),
    settings: readSettings(body),
    left: [
      ...leftOf(body),
      ...(isObject(config) && !isAbsent(config['effort']) ? ['output_config.effort'] : []),
    ],
  }
}

/** Ollama's `format` is `json` or a schema itself. */
const formatField = ({ format }: JsonObject): JsonValue | undefined =>
  isObject(format) ? { type: 'json_schema', schema: format } : format

function addMessage(talk: Talk, calls: Calls, message: JsonObject): void {
  const role = textOf(message['role']) ?? 'user'
  if (role === 'tool' || role === 'function') {
    const parts = [...readPlainParts(message['content'], calls), ...images(message['images'])]
    const name = message['tool_name'] ?? message['name']
    talk.say('tool', [
      calls.result(message['tool_call_id'], name, parts.filter(isPlain), message['is_error'] === true),
    ])
    return
  }
  const parts = [...readParts(message['content'], calls), ...images(message['images'])]
  const refusal = nonEmpty(message['refusal'])
  if (refusal !== undefined) parts.push({ kind: 'text', text: refusal })
  if (isObject(message['audio']))
    throw new UnsayableError('it goes on from a spoken answer that only the provider has')
  talk.say(role, [...parts, ...callsOf(message, calls)])
}

const isPlain = (part: AnyPart): part is Exclude<AnyPart, { kind: 'call' | 'result' }> =>
  part.kind !== 'call' && part.kind !== 'result'

/** Ollama sends images as plain base64. */
const images = (value: JsonValue | undefined): AnyPart[] =>
  isList(value)
    ? value.flatMap((one) => (typeof one === 'string' ? [{ kind: 'image' as const, ...fromUrl(one) }] : []))
    : []

function callsOf(message: JsonObject, calls: Calls): CallPart[] {
  const list = message['tool_calls']
  const legacy = message['function_call']
  return [
    ...(isList(list) ? list : []).flatMap((call) => (isObject(call) ? [callOf(call, calls)] : [])),
    ...(isObject(legacy) ? [calls.open(undefined, textOf(legacy['name']) ?? '', legacy['arguments'])] : []),
  ]
}

function callOf(call: JsonObject, calls: Calls): CallPart {
  const inner = call['function']
  if (!isObject(inner)) throw new UnsayableError('it has a call of a custom tool')
  return calls.open(call['id'], textOf(inner['name']) ?? '', inner['arguments'])
}
