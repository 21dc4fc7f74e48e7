import type { Socket } from 'node:net'
import tls from 'node:tls'

import { bypassInterceptors } from './internals.ts'

type Answer = string | Error | undefined

/** What servers chose of what they were offered, or are being asked. */
const chosen = new Map<string, Promise<Answer>>()

/** Forgets them: a server may have changed since. */
export const forgetNegotiations = (): void => chosen.clear()

/**
 * Asks a server what it chooses, by a connection of its own that carries nothing: what goes out on the client's depends on
 * the answer, and only a connection that has not been made can still be recorded as one that failed.
 * @returns an error or `undefined`: it could not be asked
 */
export function askServer(socket: Socket, options: tls.ConnectionOptions): Promise<Answer> {
  const { host, port, servername, ALPNProtocols } = options
  const key = JSON.stringify([host, port, servername, ALPNProtocols])
  const known = chosen.get(key)
  if (known) return known
  const { promise, resolve } = Promise.withResolvers<Answer>()
  const probe = bypassInterceptors(() => tls.connect({ ...options }))
  const answer = (protocol: Answer): void => {
    resolve(protocol)
    probe.destroy()
  }
  probe.once('secureConnect', () => answer(probe.alpnProtocol || undefined))
  probe.once('error', answer)
  probe.once('close', () => answer(undefined))
  // Nobody waits any more.
  socket.once('close', () => answer(undefined))
  chosen.set(key, promise)
  void promise.then((protocol) => typeof protocol === 'string' || chosen.delete(key))
  return promise
}
