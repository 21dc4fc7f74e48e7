import { headerValue } from '../../exchange/headers.ts'
import type { HeaderPairs } from '../../exchange/exchange.ts'

const NAME = 'sec-websocket-protocol'

const listOf = (headers: HeaderPairs): string[] =>
  (headerValue(headers, NAME) ?? '').split(',').map((one) => one.trim())

/**
 * The response headers of a WebSocket, with the subprotocol as this client offered it. A server may choose a subprotocol that
 * holds a credential. The recording has it redacted, and a client refuses a subprotocol that it did not offer.
 * @param sent the client's headers
 * @param redacted the client's headers, redacted
 */
export function withOfferedProtocol(
  response: HeaderPairs,
  sent: HeaderPairs,
  redacted: HeaderPairs,
): HeaderPairs {
  const chosen = headerValue(response, NAME)
  const offered = listOf(sent)
  if (chosen === undefined || offered.includes(chosen)) return response
  const own = offered[listOf(redacted).indexOf(chosen)]
  if (own === undefined) return response
  return response.map(([name, value]) => [name, name.toLowerCase() === NAME ? own : value])
}
