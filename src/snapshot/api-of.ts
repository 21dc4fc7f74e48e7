import { isObject, type JsonObject, type JsonValue } from '../providers/json/json.ts'

/** How the answers of each API are told apart. Events of a stream are told apart like answers. */
const SHAPES: readonly (readonly [api: string, fits: (answer: JsonObject) => boolean])[] = [
  ['openai-responses', ({ object, type }) => object === 'response' || starts(type, 'response.')],
  [
    'anthropic-messages',
    ({ type, role }) => type === 'message_start' || (type === 'message' && role === 'assistant'),
  ],
  ['cohere-chat', ({ type, message, finish_reason: end }) => type === 'message-start' || both(message, end)],
  ['gemini', ({ candidates, promptFeedback }) => Array.isArray(candidates) || isObject(promptFeedback)],
  [
    'bedrock-converse',
    ({ output, stopReason }) => isObject(output) && 'message' in output && stopReason !== undefined,
  ],
  [
    'ollama-chat',
    ({ message, response, done }) => done !== undefined && (isObject(message) || isText(response)),
  ],
  ['completion', ({ object, choices }) => object === 'text_completion' && Array.isArray(choices)],
  ['openai-chat', ({ choices }) => Array.isArray(choices)],
  [
    'embeddings',
    ({ data }) =>
      Array.isArray(data) && isObject(data[0] as JsonValue) && 'embedding' in (data[0] as JsonObject),
  ],
]

const isText = (value: unknown): boolean => typeof value === 'string'
const starts = (value: unknown, beginning: string): boolean =>
  typeof value === 'string' && value.startsWith(beginning)
const both = (message: unknown, end: unknown): boolean => isObject(message) && isText(end)

/** The label of the API that an answer, or an event of its stream, is from; `generic` if none fits. */
export function apiOf(answer: unknown): string {
  const first: unknown = Array.isArray(answer) ? answer[0] : answer
  if (!isObject(first)) return 'generic'
  return SHAPES.find(([, fits]) => fits(first))?.[0] ?? 'generic'
}

/** The first JSON value in the text of a body: the body itself, an event of SSE, or a line. */
export function firstJson(text: string): unknown {
  const whole = parsed(text)
  if (whole !== undefined) return whole
  for (const line of text.split('\n', 50)) {
    const value = parsed(line.replace(/^data: ?/, ''))
    if (isObject(value)) return value
  }
  return undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
