import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerStreamResponseOptions } from 'node:http2'
import { validateHeaderName } from 'node:http'

import type { HeaderPairs, RequestHead } from '../../exchange/exchange.ts'

/** `[name, value, name, value ...]`, as Node hands out and takes raw headers. */
export type RawHeaders = readonly string[]

const DEFAULT_PORT = /^(https:\/\/.*):443$|^(http:\/\/.*):80$/

function allPairs(raw: RawHeaders): HeaderPairs {
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i] ?? '', raw[i + 1] ?? ''])
  return pairs
}

/** All but the pseudo-headers, in order. */
export const pairsOfRaw = (raw: RawHeaders): HeaderPairs =>
  allPairs(raw).filter(([name]) => !name.startsWith(':'))

/** A request's header block, to be sent as it came: to a list that has only a `host`, Node adds the session's authority. */
export function requestHeaders(raw: RawHeaders): string[] | OutgoingHttpHeaders {
  const pairs = allPairs(raw)
  return pairs.some(([name]) => name === ':authority') ? [...raw] : headerObject(pairs)
}

/** As other protocols write an address: without the scheme's own port. */
export function requestHead(headers: IncomingHttpHeaders, raw: RawHeaders): RequestHead {
  const authority = headers[':authority'] ?? headers.host ?? ''
  const origin = `${headers[':scheme'] ?? 'https'}://${authority}`.replace(DEFAULT_PORT, '$1$2')
  const path = headers[':path'] ?? '/'
  return {
    method: headers[':method'] ?? 'GET',
    url: `${origin}${path.startsWith('/') ? '' : '/'}${path}`,
    headers: pairsOfRaw(raw),
  }
}

/** Meaningful to one HTTP/1 connection only: malformed in HTTP/2 (RFC 9113, section 8.2.2). */
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

/** A recorded header block, of whichever version, as HTTP/2 may carry it. */
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

/** Repeated names become lists, where they first stood. */
export function headerObject(pairs: HeaderPairs): OutgoingHttpHeaders {
  const object = Object.create(null) as Record<string, string | string[]>
  for (const [name, value] of pairs) {
    const had = object[name]
    object[name] = had === undefined ? value : Array.isArray(had) ? [...had, value] : [had, value]
  }
  return object
}

/** How to send a head that is not ours: nothing is added to it. */
export function asGiven(endStream: boolean): ServerStreamResponseOptions {
  // Node's types do not have `sendDate`, its documentation does.
  const options = { endStream, waitForTrailers: !endStream, sendDate: false }
  return options
}
