import { createHash } from 'node:crypto'

import { headerValue } from '../../exchange/headers.ts'
import type { HeaderPairs } from '../../exchange/exchange.ts'

/** RFC 6455, section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Whether a request opens a WebSocket. Clients use `upgrade` for other protocols too. */
export const opensWebSocket = ({ method, headers }: { method: string; headers: HeaderPairs }): boolean =>
  method === 'GET' &&
  /(?:^|,)\s*websocket\s*(?:,|$)/i.test(headerValue(headers, 'upgrade') ?? '') &&
  headerValue(headers, 'sec-websocket-key') !== undefined

/** The URL as the program names it, with `ws:` or `wss:`. HTTP sends it as `http:` or `https:`. */
export const websocketUrl = (url: string): string => url.replace(/^http/i, 'ws')

/** The server's answer to the client's key (RFC 6455, section 4.2.2). */
const acceptOf = (request: HeaderPairs): string =>
  createHash('sha1')
    .update(`${headerValue(request, 'sec-websocket-key') ?? ''}${GUID}`)
    .digest('base64')

/**
 * The headers of a 101 as they are recorded: without `sec-websocket-accept`, which differs for each connection. A
 * wrong value is kept. A missing header is recorded as empty. Clients refuse both.
 */
export function withoutAccept(response: HeaderPairs, request: HeaderPairs): HeaderPairs {
  const accept = headerValue(response, 'sec-websocket-accept')
  if (accept === undefined) return [...response, ['sec-websocket-accept', '']]
  if (accept !== acceptOf(request)) return response
  return response.filter(([name]) => name.toLowerCase() !== 'sec-websocket-accept')
}

/** The headers of a recorded 101 with the `sec-websocket-accept` for this client's key. */
export function withAccept(response: HeaderPairs, request: HeaderPairs): HeaderPairs {
  if (headerValue(response, 'sec-websocket-accept') !== undefined) return response
  return [...response, ['Sec-WebSocket-Accept', acceptOf(request)]]
}
