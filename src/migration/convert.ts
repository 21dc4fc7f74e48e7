import { defined } from '../base/defined.ts'
import { UnsayableError } from '../errors/unsayable-error.ts'
import { isAbsent, isObject, type JsonObject, type JsonValue } from '../providers/json/json.ts'
import type { Asking, WrittenRequest } from './asking.ts'
import { readGemini } from './reading/gemini.ts'
import { readMessages } from './reading/messages.ts'
import { type Earlier, inputItems, readResponses } from './reading/responses.ts'
import { writeAnthropic } from './writing/anthropic.ts'
import { takesNoSampling, writeChat, writeMistral } from './writing/chat.ts'
import { writeCohere, writeOllama } from './writing/cohere-ollama.ts'
import { geminiPath, writeGemini } from './writing/gemini.ts'
import { writeResponses } from './writing/responses.ts'

/** The APIs that a target can have. */
export const TARGET_APIS = {
  'openai-chat': writeChat,
  'openai-responses': writeResponses,
  'anthropic-messages': writeAnthropic,
  gemini: writeGemini,
  mistral: writeMistral,
  'cohere-chat': writeCohere,
  'ollama-chat': writeOllama,
} satisfies Record<string, (asking: Asking, model: string) => WrittenRequest>

export type TargetApi = keyof typeof TARGET_APIS

/** The label by which the answers of an API are read: Mistral's have the form of OpenAI's. */
export const answerApi = (api: string): string => (api === 'mistral' ? 'openai-chat' : api)

const READERS: Readonly<Record<string, (body: JsonObject, earlier: Earlier) => Asking>> = {
  'openai-chat': readMessages,
  'openai-responses': readResponses,
  'anthropic-messages': readMessages,
  gemini: readGemini,
  'cohere-chat': readMessages,
  'ollama-chat': readMessages,
}

/**
 * What a recorded request asks of its model.
 * @param api the label of its API
 * @param body its JSON body
 * @throws {UnsayableError} if no other model can be asked the same
 */
export function readAsking(api: string, body: JsonValue | undefined, earlier: Earlier): Asking {
  const read = READERS[api]
  if (read === undefined) throw new UnsayableError(`requests of the API ${api} cannot be converted`)
  if (!isObject(body)) throw new UnsayableError('its body is not a JSON object')
  const asking = read(body, earlier)
  if (asking.messages.length === 0) throw new UnsayableError('it has no message')
  return asking
}

/**
 * The recorded request for another model of the same API: everything but the model and the stream stays.
 * @throws {UnsayableError} if its context is kept by the provider
 */
export function sameForModel(
  body: JsonObject,
  api: TargetApi,
  model: string,
  earlier: Earlier,
): WrittenRequest {
  const { stream: _stream, stream_options: _options, background: _background, ...kept } = body
  if (api === 'gemini')
    return { path: geminiPath(model), body: defined({ ...kept, model: undefined }) as JsonValue, left: [] }
  if (api === 'openai-responses') return sameResponses(kept, model, earlier)
  const reasoning = api === 'openai-chat' && takesNoSampling(model)
  const { max_tokens: limit, temperature, top_p, ...rest } = kept
  const fields = reasoning ? defined({ max_completion_tokens: limit, ...rest }) : kept
  const left = reasoning
    ? Object.entries({ temperature, top_p }).flatMap(([name, value]) => (isAbsent(value) ? [] : [name]))
    : []
  const written = { ...fields, model, ...(api === 'ollama-chat' ? { stream: false } : {}) } as JsonValue
  return { path: PATHS[api], body: written, left }
}

const PATHS = {
  'openai-chat': '/chat/completions',
  'openai-responses': '/responses',
  'anthropic-messages': '/messages',
  mistral: '/chat/completions',
  'cohere-chat': '/chat',
  'ollama-chat': '/chat',
} as const

/** Reasoning items are readable for the model that wrote them only, and ids name what its server keeps. */
function sameResponses(body: JsonObject, model: string, earlier: Earlier): WrittenRequest {
  if (!isAbsent(body['conversation'])) throw new UnsayableError('its conversation is kept by the provider')
  const input = inputItems(body, earlier).flatMap((item): JsonValue[] => {
    if (!isObject(item)) return [item]
    const { id, status: _status, ...rest } = item
    if (item['type'] === 'reasoning') return []
    if (item['type'] === 'item_reference' || (isAbsent(item['type']) && isAbsent(item['role'])))
      throw new UnsayableError('it names an item that only the provider has')
    return [
      item['type'] === 'message' || item['type'] === 'function_call' ? rest : { ...rest, ...defined({ id }) },
    ]
  })
  const { previous_response_id: _after, ...kept } = body
  return {
    path: PATHS['openai-responses'],
    body: { ...kept, input, model, store: false },
    left: [],
  }
}

/**
 * The request that asks another model the same.
 * @throws {UnsayableError} if the API of the target cannot say it
 */
export const writeAsking = (asking: Asking, api: TargetApi, model: string): WrittenRequest =>
  TARGET_APIS[api](asking, model)
