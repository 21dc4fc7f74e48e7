import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerStreamResponseOptions } from 'node:http2'
import { validateHeaderName } from 'node:http'

import type { HeaderPairs, RequestHead } from '../../exchange/exchange.ts'
import { headerObject, pairsOfFlat } from '../../exchange/headers.ts'

/** `[name, value, name, value ...]`, Node's form of raw headers. */
export type RawHeaders = readonly string[]

const DEFAULT_PORT = /^(https:\/\/.*):443$|^(http:\/\/.*):80$/

/** All headers except the pseudo-headers, in order. */
export const pairsOfRaw = (raw: RawHeaders): HeaderPairs =>
  pairsOfFlat(raw).filter(([name]) => !name.startsWith(':'))

/**
 * A request's header block, to send as it came. If a list has a `host` but no `:authority`, Node would add the
 * session's authority to it. An object avoids that.
 */
export function requestHeaders(raw: RawHeaders): string[] | OutgoingHttpHeaders {
  const pairs = pairsOfFlat(raw)
  return pairs.some(([name]) => name === ':authority') ? [...raw] : headerObject(pairs)
}

/** Of an IPv6 address, Node makes `::1:8080`, where a URL has `[::1]:8080` (RFC 3986, section 3.2.2). */
const withBrackets = (authority: string): string =>
  authority.replace(/^(?=[^:]*:[^:]*:)([\da-f:.]{2,45}):(\d+)$/i, '[$1]:$2')

/** As other protocols write an address: without the scheme's own port. */
export function requestHead(headers: IncomingHttpHeaders, raw: RawHeaders): RequestHead {
  const authority = withBrackets(headers[':authority'] ?? headers.host ?? '')
  const origin = `${headers[':scheme'] ?? 'https'}://${authority}`.replace(DEFAULT_PORT, '$1$2')
  const path = headers[':path'] ?? '/'
  return {
    method: headers[':method'] ?? 'GET',
    url: `${origin}${path.startsWith('/') ? '' : '/'}${path}`,
    headers: pairsOfRaw(raw),
  }
}

/** Headers that belong to one HTTP/1 connection: malformed in HTTP/2 (RFC 9113, section 8.2.2). */
const CONNECTION_SPECIFIC = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'te',
])

const isName = (name: string): boolean => {
  try {
    validateHeaderName(name)
    return !name.startsWith(':')
  } catch {
    return false
  }
}

/** The recorded headers, of any HTTP version, that HTTP/2 may carry. */
export function http2Pairs(pairs: HeaderPairs): HeaderPairs {
  const named = new Set(
    pairs.flatMap(([name, value]) =>
      name.toLowerCase() === 'connection' ? value.split(',').map((one) => one.trim().toLowerCase()) : [],
    ),
  )
  return pairs
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => isName(name) && !CONNECTION_SPECIFIC.has(name) && !named.has(name))
}

/** Options to send a recorded or forwarded head: Node adds nothing to it. */
export function asGiven(endStream: boolean): ServerStreamResponseOptions {
  // Node's types do not have `sendDate`, its documentation does.
  const options = { endStream, waitForTrailers: !endStream, sendDate: false }
  return options
}

/** The last argument of Node's header events, which its types do not have everywhere. */
export const rawOf = (rest: readonly unknown[]): RawHeaders => (rest[0] as RawHeaders | undefined) ?? []
