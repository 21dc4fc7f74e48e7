import { defined } from '../../base/defined.ts'
import { UnsayableError } from '../../errors/unsayable-error.ts'
import type { JsonValue } from '../../providers/json/json.ts'
import type {
  Asking,
  CallPart,
  Format,
  MediaPart,
  ResultPart,
  TextPart,
  ToolChoice,
  WrittenRequest,
} from '../asking.ts'
import * as shared from './shared.ts'

const API = 'Anthropic'
const SETTINGS = {
  maxTokens: 'max_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stop: 'stop_sequences',
} as const
/** The API needs a limit. */
const MAX_TOKENS = 8192

/**
 * Anthropic Messages. Documented by the types of `@anthropic-ai/sdk` (`MessageCreateParams`).
 * @throws {UnsayableError} if the API cannot say it
 */
export function writeAnthropic(asking: Asking, model: string): WrittenRequest {
  shared.noSystemWithin(asking.messages, API)
  shared.oneAnswer(asking.settings, API)
  const { choice, format, serial, system, tools } = asking
  const { fields, left } = shared.writeSettings(asking, SETTINGS)
  const temperature = fields['temperature']
  const isHot = typeof temperature === 'number' && temperature > 1
  const [only, ...more] = system
  return {
    path: '/messages',
    body: shared.bodyOf({
      model,
      max_tokens: MAX_TOKENS,
      system: more.length === 0 ? only : system.map((text) => ({ type: 'text', text })),
      messages: messagesOf(asking),
      tools: shared.listOrNothing(
        tools.map(
          ({ name, description, schema, strict }) =>
            defined({ name, description, input_schema: schema ?? shared.NO_PARAMETERS, strict }) as JsonValue,
        ),
      ),
      tool_choice: tools.length === 0 ? undefined : choiceOf(choice, serial === true),
      output_config: format && { format: formatOf(format) },
      ...fields,
      ...(isHot ? { temperature: 1 } : {}),
    }),
    left: isHot ? [...left, 'temperature above 1'] : left,
  }
}

/** The results of tools stand in the user's message, before what the user says. */
function messagesOf({ messages }: Asking): JsonValue[] {
  const list: { role: string; content: JsonValue[] }[] = []
  for (const { role, parts } of messages) {
    const speaker = role === 'assistant' ? role : 'user'
    const content = parts.map(block)
    const last = list.at(-1)
    if (last?.role === speaker && speaker === 'user') last.content.push(...content)
    else list.push({ role: speaker, content })
  }
  return list.map(({ role, content }) => ({ role, content: plain(content) }))
}

/** One text alone is a string. */
function plain(content: JsonValue[]): JsonValue {
  const [only, ...more] = content as { type?: string; text?: string }[]
  return more.length === 0 && only?.type === 'text' ? (only.text ?? '') : content
}

function block(part: TextPart | MediaPart | CallPart | ResultPart): JsonValue {
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'call':
      return { type: 'tool_use', id: part.id, name: part.name, input: shared.argumentsObject(part) }
    case 'result':
      return {
        type: 'tool_result',
        tool_use_id: part.id,
        content: shared.contentOf(part.parts, block),
        ...(part.failed ? { is_error: true } : {}),
      }
    case 'image':
      return { type: 'image', source: sourceOf(part) }
    case 'file':
      return { type: 'document', source: sourceOf(part), ...defined({ title: part.name }) }
    default:
      throw new UnsayableError(`it has a sound, which ${API} does not take`)
  }
}

function sourceOf({ kind, url, data = '', mediaType }: MediaPart): JsonValue {
  if (url !== undefined) return { type: 'url', url }
  const type = mediaType ?? (kind === 'image' ? sniffed(data) : 'application/pdf')
  if (type === 'text/plain')
    return { type: 'text', media_type: type, data: Buffer.from(data, 'base64').toString('utf8') }
  if (kind === 'file' && type !== 'application/pdf')
    throw new UnsayableError(`it has a file of the type ${type}, and ${API} takes PDF and text`)
  return { type: 'base64', media_type: type, data }
}

/** The type of an image by its first bytes, in base64. */
export const sniffed = (data: string): string =>
  data.startsWith('/9j/')
    ? 'image/jpeg'
    : data.startsWith('R0lG')
      ? 'image/gif'
      : data.startsWith('UklG')
        ? 'image/webp'
        : 'image/png'

function choiceOf(choice: ToolChoice | undefined, serial: boolean): JsonValue | undefined {
  if (choice === undefined && !serial) return undefined
  const off = serial && choice !== 'none' ? { disable_parallel_tool_use: true } : {}
  if (typeof choice === 'object') return { type: 'tool', name: choice.name, ...off }
  return { type: choice === 'required' ? 'any' : (choice ?? 'auto'), ...off }
}

function formatOf(format: Format): JsonValue {
  if (format.kind === 'object')
    throw new UnsayableError(`it asks for JSON of any shape, and ${API} needs a schema`)
  return { type: 'json_schema', schema: format.schema }
}
