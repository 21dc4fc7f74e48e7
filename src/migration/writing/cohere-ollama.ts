import { UnsayableError } from '../../errors/unsayable-error.ts'
import { isObject, type JsonValue } from '../../providers/json/json.ts'
import type { Asking, MediaPart, Said, WrittenRequest } from '../asking.ts'
import { chatTool, type Dialect, writeLikeChat } from './chat.ts'
import * as shared from './shared.ts'

const COHERE: Dialect = {
  api: 'Cohere',
  path: '/chat',
  settings: {
    maxTokens: 'max_tokens', temperature: 'temperature', topP: 'p', topK: 'k', stop: 'stop_sequences', seed: 'seed',
    frequencyPenalty: 'frequency_penalty', presencePenalty: 'presence_penalty',
  }, // prettier-ignore
  id: (id) => id,
  media(part) {
    if (part.kind !== 'image')
      throw new UnsayableError('it has a file or a sound, which Cohere does not take')
    return { type: 'image_url', image_url: { url: shared.dataUrl(part) } }
  },
  format: (format) =>
    format.kind === 'object' ? { type: 'json_object' } : { type: 'json_object', schema: format.schema },
  choice(choice) {
    if (choice === 'required' || choice === 'none') return choice.toUpperCase()
    throw new UnsayableError('it names the tool to call, which Cohere does not have')
  },
}

/**
 * Cohere v2 chat. Documented by the types of `cohere-ai` (`V2ChatRequest`).
 * @throws {UnsayableError} if the API cannot say it
 */
export function writeCohere(asking: Asking, model: string): WrittenRequest {
  shared.noPrefill(asking.messages, 'Cohere')
  const { choice, serial, ...rest } = asking
  const kept = choice === undefined || choice === 'auto' ? rest : { ...rest, choice }
  const request = writeLikeChat(kept, model, COHERE)
  return serial ? { ...request, left: [...request.left, 'parallel_tool_calls'] } : request
}

const OLLAMA_OPTIONS = {
  maxTokens: 'num_predict', temperature: 'temperature', topP: 'top_p', topK: 'top_k', stop: 'stop', seed: 'seed',
  frequencyPenalty: 'frequency_penalty', presencePenalty: 'presence_penalty',
} as const // prettier-ignore

/**
 * Ollama's own chat. Documented by the types of `ollama` (`ChatRequest`).
 * @throws {UnsayableError} if the API cannot say it
 */
export function writeOllama(asking: Asking, model: string): WrittenRequest {
  shared.oneAnswer(asking.settings, 'Ollama')
  const { choice = 'auto', format, messages, serial, system, tools } = asking
  if (choice === 'required' || typeof choice === 'object')
    throw new UnsayableError('it asks for a call of a tool, and with Ollama the model chooses')
  const { fields, left } = shared.writeSettings(asking, OLLAMA_OPTIONS)
  return {
    path: '/chat',
    body: shared.bodyOf({
      model,
      messages: [...system.map((text) => ({ role: 'system', content: text })), ...messages.flatMap(message)],
      tools: choice === 'none' ? undefined : shared.listOrNothing(tools.map(chatTool)),
      format: format && (format.kind === 'object' ? 'json' : format.schema),
      stream: false,
      options: Object.keys(fields).length === 0 ? undefined : fields,
    }),
    left: serial ? [...left, 'parallel_tool_calls'] : left,
  }
}

function message({ role, parts }: Said): JsonValue[] {
  if (role === 'tool')
    return parts.map((result) => ({
      role,
      tool_name: result.name,
      content: result.parts.every(({ kind }) => kind === 'text')
        ? shared.joined(shared.textsOf(result.parts))
        : shared.resultText(result, 'Ollama'),
    }))
  const images = [...parts].filter((part): part is MediaPart => part.kind !== 'text' && part.kind !== 'call')
  const calls = shared.callsOf(parts).map((call) => ({
    function: { name: call.name, arguments: argumentsOf(shared.argumentsObject(call)) },
  }))
  return [
    {
      role,
      content: shared.joined(shared.textsOf(parts)),
      ...(images.length === 0 ? {} : { images: images.map(imageData) }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
  ]
}

const argumentsOf = (value: JsonValue): JsonValue => (isObject(value) ? value : {})

function imageData({ kind, data }: MediaPart): string {
  if (kind !== 'image') throw new UnsayableError('it has a file or a sound, which Ollama does not take')
  if (data === undefined) throw new UnsayableError('it has an image by its URL, which Ollama does not fetch')
  return data
}
