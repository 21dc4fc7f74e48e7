import { contentTypeOf, headerValue } from '../../exchange/headers.ts'
import type { IncomingRequest, ResponseHead } from '../../exchange/gate.ts'
import { jsonRpcMessages } from '../../exchange/wire/json-rpc.ts'

/** A request that has gone to its server. */
export interface SentRequest {
  readonly request: IncomingRequest
  /** The order in which requests started. */
  readonly sequence: number
  /** Its whole body; `undefined` while it is not known. */
  readonly sentBody: Uint8Array | null | undefined
  /** Whether its response comes piece by piece, over time; `undefined` before the head. */
  readonly isStream: boolean | undefined
}

/** Methods that change nothing on the server (RFC 9110, section 9.2.1). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY'])

/** Content types of a whole document, which no other request brings about byte by byte. */
const DOCUMENT =
  /^(?:application\/(?:.*\+)?(?:json|xml|pdf|zip|javascript|x-www-form-urlencoded)|text\/(?:html|css|javascript|xml|csv)|image\/|font\/|video\/)/

/** Whether a response comes piece by piece, over time: a stream of events, messages or lines, or of unknown length. */
export function isStreamed({ status, headers }: ResponseHead): boolean {
  if (status === 101) return true
  if (headerValue(headers, 'content-length') !== undefined) return false
  return !DOCUMENT.test(contentTypeOf(headers)?.type ?? '')
}

/**
 * Whether another request may have brought about what came in this exchange. Any may, if the response is a stream. A
 * response that comes as a whole (a long poll) waits only for what changes something on the server, and not for another
 * call of its own kind.
 */
export function isCause(
  request: IncomingRequest,
  body: Uint8Array | null | undefined,
  isStream: boolean,
): (other: SentRequest) => boolean {
  const polled = new Set<string>()
  const own = kindOf(request)
  const isRpc = lazily(() => jsonRpcMessages(body) !== undefined)
  return (other) => {
    const { method, url } = other.request
    if (!isStream)
      return !SAFE.has(method) && (kindOf(other.request) !== own || (isRpc() && isRpcReply(other.sentBody)))
    if (!SAFE.has(method) || other.isStream !== false) return true
    // A poll that is repeated brings about nothing that its first request did not.
    const name = `${method} ${url}`
    if (polled.has(name)) return false
    polled.add(name)
    return true
  }
}

/** Whether a part of a response to a model's own API may be brought about by another request: one that acts on the response. */
export const isUnder = (request: IncomingRequest, other: IncomingRequest): boolean =>
  pathOf(other.url).startsWith(`${pathOf(request.url)}/`)

const pathOf = (url: string): string => url.replace(/[?#].*$/s, '')

/** Headers that name the operation where the path does not. */
const OPERATION = ['x-amz-target', 'soapaction']

const kindOf = ({ method, url, headers }: IncomingRequest): string =>
  JSON.stringify([method, pathOf(url), ...OPERATION.map((name) => headerValue(headers, name))])

/** A client's answer to its server, or a notification. */
const isRpcReply = (body: Uint8Array | null | undefined): boolean =>
  (jsonRpcMessages(body) ?? []).some(({ kind }) => kind !== 'request')

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
