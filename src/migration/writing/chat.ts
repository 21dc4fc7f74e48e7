import { defined } from '../../base/defined.ts'
import { UnsayableError } from '../../errors/unsayable-error.ts'
import type { JsonObject, JsonValue } from '../../providers/json/json.ts'
import type {
  Asking,
  Format,
  MediaPart,
  Said,
  Settings,
  TextPart,
  ToolChoice,
  ToolSpec,
  WrittenRequest,
} from '../asking.ts'
import * as shared from './shared.ts'

/** How an API with `messages` differs from OpenAI Chat. */
export interface Dialect {
  readonly api: string
  readonly path: string
  readonly settings: Partial<Readonly<Record<keyof Settings, string>>>
  readonly canPrefill?: true
  id(id: string): string
  media(part: MediaPart): JsonValue
  format(format: Format): JsonValue
  choice(choice: ToolChoice): JsonValue
}

/** Models of OpenAI that reason take no sampling, and only the newer name of `max_tokens`. */
export const takesNoSampling = (model: string): boolean => /(?:^|\/)(?:o\d|gpt-[5-9])/.test(model)

const SETTINGS = {
  maxTokens: 'max_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  stop: 'stop',
  seed: 'seed',
  n: 'n',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
} as const

const REASONING_SETTINGS = { maxTokens: 'max_completion_tokens', seed: 'seed', n: 'n' } as const

/** OpenAI Chat Completions. Documented by the types of `openai` (`ChatCompletionCreateParams`). */
export const writeChat = (asking: Asking, model: string): WrittenRequest => {
  shared.noPrefill(asking.messages, 'OpenAI Chat')
  return writeLikeChat(asking, model, {
    ...OPENAI,
    settings: takesNoSampling(model) ? REASONING_SETTINGS : SETTINGS,
  })
}

const OPENAI: Dialect = {
  api: 'OpenAI Chat',
  path: '/chat/completions',
  settings: SETTINGS,
  id: (id) => id,
  media: chatMedia,
  format: (format) =>
    format.kind === 'object'
      ? { type: 'json_object' }
      : {
          type: 'json_schema',
          json_schema: defined({
            name: shared.formatName(format.name),
            description: format.description,
            strict: format.strict,
            schema: format.schema,
          }) as JsonValue,
        },
  choice: (choice) =>
    typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } },
}

/** Mistral's chat. Documented by the types of `@mistralai/mistralai` (`ChatCompletionRequest`). */
export const writeMistral = (asking: Asking, model: string): WrittenRequest =>
  writeLikeChat(asking, model, {
    ...OPENAI,
    api: 'Mistral',
    settings: { ...SETTINGS, seed: 'random_seed' },
    canPrefill: true,
    // Nine letters or digits.
    id: (id) => `call${id.replace('call_', '').padStart(5, '0')}`,
    choice: (choice) => (choice === 'required' ? 'any' : OPENAI.choice(choice)),
  })

/** @throws {UnsayableError} if the API cannot say it */
export function writeLikeChat(asking: Asking, model: string, dialect: Dialect): WrittenRequest {
  const { fields, left } = shared.writeSettings(asking, dialect.settings)
  if (dialect.settings.n === undefined) shared.oneAnswer(asking.settings, dialect.api)
  const { choice, format, serial, tools } = asking
  const failed = asking.messages.some(
    ({ role, parts }) => role === 'tool' && parts.some((part) => part.failed),
  )
  return {
    path: dialect.path,
    body: shared.bodyOf({
      model,
      messages: chatMessages(asking, dialect),
      tools: shared.listOrNothing(tools.map(chatTool)),
      tool_choice: choice && tools.length > 0 ? dialect.choice(choice) : undefined,
      parallel_tool_calls: serial ? false : undefined,
      response_format: format && dialect.format(format),
      ...fields,
    }),
    left: failed ? [...left, 'is_error of a result'] : left,
  }
}

function chatMessages({ system, messages }: Asking, dialect: Dialect): JsonValue[] {
  const said = messages.flatMap((message, at) => {
    const written = chatMessage(message, dialect)
    const isPrefill =
      dialect.canPrefill === true && at === messages.length - 1 && message.role === 'assistant'
    return isPrefill ? written.map((one) => ({ ...one, prefix: true })) : written
  })
  return [...system.map((text) => ({ role: 'system', content: text })), ...said]
}

function chatMessage({ role, parts }: Said, dialect: Dialect): JsonObject[] {
  const part = (one: TextPart | MediaPart): JsonValue =>
    one.kind === 'text' ? { type: 'text', text: one.text } : dialect.media(one)
  switch (role) {
    case 'system':
      return [{ role, content: shared.joined(parts) }]
    case 'user':
      return [{ role, content: shared.contentOf(parts, part) }]
    case 'tool':
      return parts.map((result) => ({
        role,
        tool_call_id: dialect.id(result.id),
        content: shared.resultText(result, dialect.api),
      }))
    default: {
      if (parts.some(({ kind }) => kind !== 'text' && kind !== 'call'))
        throw new UnsayableError(`the assistant shows an image, which ${dialect.api} does not have`)
      const texts = shared.textsOf(parts)
      const calls = shared.callsOf(parts).map((call) => ({
        id: dialect.id(call.id),
        type: 'function',
        function: { name: call.name, arguments: shared.argumentsText(call) },
      }))
      return [
        {
          role,
          content: texts.length === 0 ? null : shared.contentOf(texts, part),
          ...(calls.length === 0 ? {} : { tool_calls: calls }),
        },
      ]
    }
  }
}

export const chatTool = ({ name, description, schema, strict }: ToolSpec): JsonValue => ({
  type: 'function',
  function: defined({ name, description, parameters: schema, strict }) as JsonValue,
})

function chatMedia(part: MediaPart): JsonValue {
  if (part.kind === 'image')
    return {
      type: 'image_url',
      image_url: defined({ url: shared.dataUrl(part), detail: part.detail }) as JsonValue,
    }
  if (part.kind === 'audio') {
    const format = /^audio\/(wav|mp3|mpeg)$/.exec(part.mediaType ?? '')?.[1]
    if (part.data === undefined || format === undefined)
      throw new UnsayableError('it has a sound that is neither WAV nor MP3, and OpenAI Chat takes these')
    return {
      type: 'input_audio',
      input_audio: { data: part.data, format: format === 'mpeg' ? 'mp3' : format },
    }
  }
  if (part.data === undefined)
    throw new UnsayableError('it has a file by its URL, which OpenAI Chat does not fetch')
  return { type: 'file', file: { filename: part.name ?? 'file', file_data: shared.dataUrl(part) } }
}
