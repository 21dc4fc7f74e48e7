import type { Socket } from 'node:net'
import tls from 'node:tls'

import { bypassInterceptors } from './internals.ts'

/** What servers chose of what they were offered, or are being asked. */
const chosen = new Map<string, Promise<string | undefined>>()

/** Forgets them: a server may have changed since. */
export const forgetNegotiations = (): void => chosen.clear()

/**
 * Asks a server what it chooses, by a connection of its own that carries nothing: what goes out on the client's depends on
 * the answer, and only a connection that has not been made can still be recorded as one that failed.
 * @returns `undefined`: it could not be asked
 */
export function askServer(socket: Socket, options: tls.ConnectionOptions): Promise<string | undefined> {
  const { host, port, servername, ALPNProtocols } = options
  const key = JSON.stringify([host, port, servername, String(ALPNProtocols)])
  const known = chosen.get(key)
  if (known) return known
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const probe = bypassInterceptors(() => tls.connect({ ...options }))
  const answer = (protocol: string | undefined): void => {
    resolve(protocol)
    probe.destroy()
  }
  probe.once('secureConnect', () => answer(probe.alpnProtocol || undefined))
  probe.once('error', () => answer(undefined))
  probe.once('close', () => answer(undefined))
  // Nobody waits any more.
  socket.once('close', () => answer(undefined))
  chosen.set(key, promise)
  void promise.then((protocol) => protocol ?? chosen.delete(key))
  return promise
}
