import { createHash } from 'node:crypto'

import { headerValue } from '../../exchange/headers.ts'
import type { HeaderPairs } from '../../exchange/exchange.ts'

/** RFC 6455, section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Whether a request opens a WebSocket; another protocol may be asked for by `upgrade` too. */
export const opensWebSocket = ({ method, headers }: { method: string; headers: HeaderPairs }): boolean =>
  method === 'GET' &&
  /(?:^|,)\s*websocket\s*(?:,|$)/i.test(headerValue(headers, 'upgrade') ?? '') &&
  headerValue(headers, 'sec-websocket-key') !== undefined

/** The URL as a program names it: `ws:` and `wss:` for what goes over the wire as `http:` and `https:`. */
export const websocketUrl = (url: string): string => url.replace(/^http/i, 'ws')

/** What a server answers to a client's key (RFC 6455, section 4.2.2). */
const acceptOf = (request: HeaderPairs): string =>
  createHash('sha1')
    .update(`${headerValue(request, 'sec-websocket-key') ?? ''}${GUID}`)
    .digest('base64')

/**
 * The head of a 101 as it is recorded: without the proof that the client's key was seen, which is another one for each
 * connection. A wrong proof stays, and so does an empty one where there was none: clients refuse both.
 */
export function withoutAccept(response: HeaderPairs, request: HeaderPairs): HeaderPairs {
  const accept = headerValue(response, 'sec-websocket-accept')
  if (accept === undefined) return [...response, ['sec-websocket-accept', '']]
  if (accept !== acceptOf(request)) return response
  return response.filter(([name]) => name.toLowerCase() !== 'sec-websocket-accept')
}

/** The other way round: the proof for this client's key. */
export function withAccept(response: HeaderPairs, request: HeaderPairs): HeaderPairs {
  if (headerValue(response, 'sec-websocket-accept') !== undefined) return response
  return [...response, ['Sec-WebSocket-Accept', acceptOf(request)]]
}
