import type { Exchange, ExchangeRequest, HeaderPairs } from '../../src/exchange/exchange.ts'
import { createRedactor, type RedactorOptions } from '../../src/redaction/redactor.ts'

export const SECRET = 'Zq7-secret_value.42'

const ENVIRONMENT = { TEST_API_KEY: SECRET }

/** A redactor that knows {@link SECRET} and the rest of the given environment. */
export function redactorOf(
  redact?: RedactorOptions['redact'],
  env: Readonly<Record<string, string>> = ENVIRONMENT,
) {
  return createRedactor({ env, ...(redact === undefined ? {} : { redact }) })
}

export interface RequestParts {
  readonly url?: string
  readonly type?: string | undefined
  readonly headers?: HeaderPairs
  readonly method?: string
}

export function requestOf(body: string | Uint8Array | null, parts: RequestParts = {}): ExchangeRequest {
  const {
    url = 'https://api.example.com/v1/x',
    type = 'application/json',
    headers = [],
    method = 'POST',
  } = parts
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  return {
    method,
    url,
    headers: [...(body === null ? [] : [['content-type', type] as const]), ...headers],
    body: bytes,
  }
}

export interface ResponseParts extends RequestParts {
  readonly status?: number
  /** Where the body is cut into chunks. Each chunk comes 10 ms after the previous one. */
  readonly cuts?: readonly number[]
}

export function exchangeOf(body: string | Uint8Array, parts: ResponseParts = {}): Exchange {
  const { type = 'application/json', headers = [], status = 200, cuts = [] } = parts
  const bytes = Buffer.from(body as string)
  const ends = [...cuts, bytes.length]
  const chunks = ends.map((end, index) => ({ data: bytes.subarray(ends[index - 1] ?? 0, end), delayMs: 10 }))
  const request = requestOf(null, { method: 'GET', ...(parts.url === undefined ? {} : { url: parts.url }) })
  return {
    recordedAt: '2026-11-21T08:00:00.000Z',
    request,
    response: { status, headers: [['content-type', type], ...headers], delayMs: 5, chunks },
  }
}

export function bodyOf(message: Exchange | ExchangeRequest): string {
  return bytesOf(message).toString()
}

export function bytesOf(message: Exchange | ExchangeRequest): Buffer {
  if ('method' in message) return Buffer.from(message.body ?? [])
  return Buffer.concat((message.response?.chunks ?? []).map(({ data }) => data))
}

/** Redacts a request body of that type. */
export function redactBody(
  body: string | Uint8Array,
  parts: RequestParts = {},
  redact?: RedactorOptions['redact'],
): string {
  return bodyOf(redactorOf(redact).request(requestOf(body, parts)))
}

/** Redacts a response body of that type. */
export function redactAnswer(
  body: string | Uint8Array,
  parts: ResponseParts = {},
  redact?: RedactorOptions['redact'],
): string {
  return bodyOf(redactorOf(redact).exchange(exchangeOf(body, parts)))
}

export const sse = (...data: readonly unknown[]): string =>
  data.map((item) => `data: ${typeof item === 'string' ? item : JSON.stringify(item)}\n\n`).join('')

/** An OpenAI chat chunk. */
export const delta = (content: string, index = 0): unknown => ({ choices: [{ index, delta: { content } }] })
