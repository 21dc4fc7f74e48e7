import { defined } from '../base/defined.ts'
import { decodeContentNow } from '../exchange/content-encoding/decode-now.ts'
import type {
  Chunk,
  Exchange,
  ExchangeFailure,
  ExchangeRequest,
  ExchangeResponse,
  HeaderPairs,
} from '../exchange/exchange.ts'
import { headerValue } from '../exchange/headers.ts'

/** An exchange as a tool keeps it. Heads may not fit their bodies. */
export interface KeptExchange {
  /** When the request was sent: ms since 1970, or any text that `Date` reads. */
  readonly at?: number | string | undefined
  readonly request: Pick<ExchangeRequest, 'method' | 'url' | 'headers' | 'body'>
  readonly response?: Omit<ExchangeResponse, 'chunks' | 'delayMs'> & {
    readonly delayMs?: number
    readonly body: Uint8Array | readonly Chunk[] | null
  }
  readonly failure?: ExchangeFailure
}

/**
 * The exchange, with heads that fit their bodies. Many tools keep a body without its content coding but with the header, or with
 * the length that it had before.
 */
export function exchangeOf({ at, request, response, failure }: KeptExchange, writtenAt: number): Exchange {
  const method = request.method.toUpperCase()
  const date = response && headerValue(response.headers, 'date')
  return {
    recordedAt: isoOf([at, date, writtenAt]),
    request: requestOf({ ...request, method }),
    ...defined({ response: response && responseOf(method, response), failure }),
  }
}

function isoOf(candidates: readonly (number | string | undefined)[]): string {
  for (const one of candidates) {
    const date = one === undefined || one === '' ? undefined : new Date(one)
    if (date && date.getFullYear() > 1970 && date.getFullYear() < 10_000) return date.toISOString()
  }
  return new Date(0).toISOString()
}

function requestOf({ method, url, headers, body }: ExchangeRequest): ExchangeRequest {
  const kept = withoutPseudo(headers)
  if (body === null || body.byteLength === 0) return { method, url, headers: kept, body: null }
  const probe: Exchange = { recordedAt: '', request: { method, url, headers: kept, body } }
  const isDecoded = decodeContentNow(probe) === undefined
  return {
    method,
    url,
    headers: isDecoded ? kept : withLength(kept, body.byteLength),
    body,
    ...(isDecoded && { contentDecoded: true }),
  }
}

function responseOf(
  method: string,
  { body, headers, ...head }: NonNullable<KeptExchange['response']>,
): ExchangeResponse {
  const chunks = body === null ? [] : body instanceof Uint8Array ? [{ data: body, delayMs: 0 }] : body
  const kept = withoutPseudo(headers)
  const full = chunks.filter(({ data }) => data.byteLength > 0)
  const response: ExchangeResponse = { ...head, delayMs: head.delayMs ?? 0, headers: kept, chunks: full }
  if (full.length === 0) return response
  const request = { method, url: 'http://localhost/', headers: [], body: null }
  const isDecoded = decodeContentNow({ recordedAt: '', request, response }) === undefined
  if (isDecoded) return { ...response, contentDecoded: true }
  const length = full.reduce((sum, { data }) => sum + data.byteLength, 0)
  const isOther = method === 'HEAD' || head.status === 204 || head.status === 304
  return isOther ? response : { ...response, headers: withLength(kept, length) }
}

const withoutPseudo = (headers: HeaderPairs): HeaderPairs =>
  headers.filter(([name]) => !name.startsWith(':') && name !== '')

/** With the right length, if the headers have one. */
const withLength = (headers: HeaderPairs, length: number): HeaderPairs =>
  headers.map(([name, value]) =>
    name.toLowerCase() === 'content-length' ? [name, String(length)] : [name, value],
  )
