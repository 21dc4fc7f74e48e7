import { contentTypeOf, headerValue } from '../../exchange/headers.ts'
import type { Exchange, ExchangeResponse } from '../../exchange/exchange.ts'
import type { IncomingRequest, ResponseHead } from '../../exchange/gate.ts'
import { jsonRpcMessages } from '../../exchange/wire/json-rpc.ts'

/** What is kept, as long as the session lasts, of a request that has gone to its server. */
export interface SentRequest {
  /** The order in which requests started. */
  readonly sequence: number
  readonly method: string
  /** Without query. */
  readonly address: string
  readonly query: string
  /** The headers that name the operation if the path does not. */
  readonly operation: string
  /** Whether the response comes piece by piece, over time; `undefined` before the head. */
  isStream: boolean | undefined
  /** What the body is in JSON-RPC: a call, or an answer to the server or a notification; `undefined`: something else. */
  rpc: 'call' | 'reply' | undefined
}

/** Headers that name the operation if the path does not. */
const OPERATION = ['x-amz-target', 'soapaction']

export function sentRequest({ method, url, headers }: IncomingRequest, sequence: number): SentRequest {
  const [address = '', query = ''] = url.split(/(?=[?#])/, 2)
  const operation = OPERATION.map((name) => headerValue(headers, name) ?? '').join(' ')
  return { sequence, method, address, query, operation, isStream: undefined, rpc: undefined }
}

export function rpcKindOf(body: Uint8Array | null): SentRequest['rpc'] {
  const messages = jsonRpcMessages(body)
  return messages && (messages.some(({ kind }) => kind === 'request') ? 'call' : 'reply')
}

/** Methods that change nothing on the server (RFC 9110, section 9.2.1). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY'])

/** Content types of whole documents. A server does not wait for other requests in the middle of a document. */
const DOCUMENT =
  /^(?:application\/(?:.*\+)?(?:json|xml|pdf|zip|javascript|x-www-form-urlencoded)|text\/(?:html|css|javascript|xml|csv)|image\/|font\/|video\/)/

/** Statuses of answers that have no body (RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5). */
const BODILESS = new Set([204, 205, 304])

/** Whether a response may come piece by piece, over time: it has no known length, and is no document. */
export function isStreamed({ status, headers }: ResponseHead, method: string): boolean {
  if (status === 101) return true
  if (BODILESS.has(status) || method === 'HEAD') return false
  if (headerValue(headers, 'content-length') !== undefined) return false
  return !DOCUMENT.test(contentTypeOf(headers)?.type ?? '')
}

/** Whether an answer that has ended had nothing after its head, which says nothing about a body: it was no stream. */
export function isBodiless(
  response: ExchangeResponse | undefined,
  { incomplete, failure }: Pick<Exchange, 'incomplete' | 'failure'>,
): boolean {
  if (!response || incomplete || failure || response.status === 101) return false
  const { headers, chunks, frames } = response
  return chunks.length === 0 && !frames && headerValue(headers, 'content-type') === undefined
}

/**
 * Whether another request may have brought about what came in this exchange. Any may, if the response is a stream. A response
 * that comes as a whole (a long poll) waits only for what changes something on the server, and not for another call of its own
 * kind; and for a stream that was opened later.
 */
export function isCause(own: SentRequest): (other: SentRequest) => boolean {
  const polled = new Set<string>()
  return (other) => {
    const isSafe = SAFE.has(other.method)
    if (!own.isStream) {
      if (isSafe) return other.isStream === true && other.sequence > own.sequence
      return !isSameKind(own, other) || (own.rpc === 'call' && other.rpc === 'reply')
    }
    if (!isSafe || other.isStream !== false) return true
    // A poll that is repeated brings about nothing that its first request did not.
    const name = `${other.method} ${other.address}${other.query}`
    if (polled.has(name)) return false
    polled.add(name)
    return true
  }
}

/** Whether a request acts on a response of a model's API (`DELETE /v1/responses/ID`), and so may bring about a part of it. */
export const isUnder = (own: SentRequest, other: SentRequest): boolean =>
  other.address.startsWith(`${own.address}/`)

const isSameKind = (one: SentRequest, other: SentRequest): boolean =>
  one.method === other.method && one.address === other.address && one.operation === other.operation

/** Names of dialects (`api`) that no model has. */
const OTHER_APIS = new Set(['plain', 'grpc', 'websocket', 'multipart'])

/** Whether `api` is the API of a model. */
export const isModelApi = (api: string): boolean => !OTHER_APIS.has(api)
