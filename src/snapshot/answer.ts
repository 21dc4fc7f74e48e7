import { digest } from '../drift/digest.ts'
import type { Digest, DriftResponse } from '../drift/types.ts'
import { CassetteOptionError } from '../errors/cassette-option-error.ts'
import { isObject, type JsonValue } from '../providers/json/json.ts'
import { apiOf, firstJson } from './api-of.ts'

/** The parts of a `Response` of fetch that are read. Each copy of undici, and each VM context, has its own class. */
export interface FetchResponse {
  readonly status: number
  readonly bodyUsed: boolean
  readonly headers: Iterable<[string, string]>
  clone(): { text(): Promise<string> }
}

export const isFetchResponse = (value: unknown): value is FetchResponse =>
  typeof value === 'object' &&
  value !== null &&
  typeof Reflect.get(value, 'clone') === 'function' &&
  typeof Reflect.get(value, 'text') === 'function' &&
  typeof Reflect.get(value, 'status') === 'number'

/**
 * Reads a response of fetch. Its body can still be read afterwards.
 * @throws {CassetteOptionError} if the body has been read already
 */
export async function readFetchResponse(response: FetchResponse): Promise<DriftResponse> {
  if (response.bodyUsed)
    throw wrong('a response whose body has not been read yet, or what was read', 'one that was')
  const { status, headers } = response
  return { status, headers: [...headers], body: await response.clone().text() }
}

/**
 * What an answer says.
 * @param value the answer of an SDK, its events in a list, `{status, headers, body}`, or the text of a body
 * @param api the label of the API; absent: it is told from the answer
 * @throws {CassetteOptionError} if the value is no answer
 */
export function digestOfValue(value: unknown, api?: string): Digest {
  if (typeof value === 'string') return digest(ofText(value), { api: api ?? apiOf(firstJson(value)) })
  if (typeof value !== 'object' || value === null)
    throw wrong('a response: of fetch, of an SDK, or {status, headers, body}', typeof value)
  if (isDriftResponse(value)) return digest(value, { api: api ?? apiOf(ofBody(value.body)) })
  const answer = fromAiSdk(value) ?? plain(value)
  const label = api ?? apiOf(answer)
  if (Array.isArray(answer) && label !== 'gemini') return digest(ofText(events(answer)), { api: label })
  return digest({ status: 200, body: answer }, { api: label })
}

const isDriftResponse = (value: object): value is DriftResponse =>
  typeof Reflect.get(value, 'status') === 'number' && ('body' in value || 'messages' in value)

function ofBody(body: DriftResponse['body']): unknown {
  if (typeof body === 'string') return firstJson(body)
  return body instanceof Uint8Array ? firstJson(Buffer.from(body).toString('utf8')) : body
}

const ofText = (text: string): DriftResponse => ({
  status: 200,
  headers: { 'content-type': /^(?:event|data|:)/.test(text) ? 'text/event-stream' : 'application/json' },
  body: text,
})

/** The events of a stream, as a client hands them out. */
const events = (list: readonly JsonValue[]): string =>
  [...list.map((event) => JSON.stringify(event)), '[DONE]'].map((data) => `data: ${data}\n\n`).join('')

/** Without methods and `undefined`, as the answer was on the wire. */
const plain = (value: object): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue

/** The result of `generateText` of the package `ai`, as a chat completion. Its fields are getters. */
function fromAiSdk(value: object): JsonValue | undefined {
  const [text, calls, finish] = ['text', 'toolCalls', 'finishReason'].map(
    (key) => Reflect.get(value, key) as unknown,
  )
  if (typeof text !== 'string' || !Array.isArray(calls) || typeof finish !== 'string') return undefined
  const toolCalls = (plain(calls) as JsonValue[]).map((call) => {
    const { toolName = '', input = null } = isObject(call) ? call : {}
    return { function: { name: toolName, arguments: JSON.stringify(input) } }
  })
  const message = { content: text, ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }) }
  return { choices: [{ message, finish_reason: finish.replace('-', '_') }] }
}

const wrong = (expected: string, got: string): CassetteOptionError =>
  new CassetteOptionError('the value of an LLM snapshot', `to be ${expected}`, got)
