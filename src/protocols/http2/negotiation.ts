import type { Socket } from 'node:net'
import tls from 'node:tls'

import { defined } from '../../base/defined.ts'
import { ownConnector } from '../internals/own-connector.ts'
import { offeredProtocols } from '../internals/node-http2.ts'

/** The protocol that a server chose (ALPN, RFC 7301). An error or `undefined`: it could not be asked. */
export type Negotiated = string | Error | undefined

/** What servers chose of what they were offered, or are being asked. */
const chosen = new Map<string, Promise<Negotiated>>()

/** Forgets them: a server may have changed since. */
export const forgetNegotiations = (): void => chosen.clear()

/**
 * Asks a server which protocol it chooses, by a connection of its own that carries nothing: what goes out on the client's
 * depends on the answer, and only a connection that has not been made can still be recorded as one that failed.
 * @param socket the client's; the question is dropped when it closes
 * @param options with which the client connects; they offer `h2` and `http/1.1`
 */
export function askServer(socket: Socket, options: tls.ConnectionOptions): Promise<Negotiated> {
  const { port, ...rest } = options as tls.ConnectionOptions & { readonly localAddress?: string }
  const { host, servername, ALPNProtocols, localAddress } = rest
  const key = JSON.stringify([host, port, servername, ALPNProtocols])
  const known = chosen.get(key)
  if (known) return known
  const { promise, resolve } = Promise.withResolvers<Negotiated>()
  const left = new AbortController()
  const offered = offeredProtocols(options)
  const connect = ownConnector({
    ...rest,
    allowH2: true,
    preferH2: offered.indexOf('h2') < offered.indexOf('http/1.1'),
    // The client's own timeout is the one that counts.
    timeout: 0,
    signal: left.signal,
  })
  const target = { protocol: 'https:', hostname: host ?? 'localhost', port: String(port ?? '') }
  connect({ ...target, ...defined({ localAddress }) }, (error, probe) => {
    resolve(error ?? (probe instanceof tls.TLSSocket ? probe.alpnProtocol || undefined : undefined))
    probe?.destroy()
  })
  socket.once('close', () => {
    resolve(undefined)
    left.abort()
  })
  chosen.set(key, promise)
  void promise.then((protocol) => typeof protocol === 'string' || chosen.delete(key))
  return promise
}
