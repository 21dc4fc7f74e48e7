import type { Socket } from 'node:net'

import { macrotask } from '../../clock.ts'

/** Sockets that were closed here, and whose owners have not been told yet. */
const closing = new Set<Socket>()

/** A TLS socket in a tunnel may never tell. */
const TURNS = 5

/** Closes a pooled connection. */
export function closePooled(socket: Socket): void {
  closing.add(socket)
  socket.once('close', () => closing.delete(socket))
  socket.destroy()
}

/**
 * Resolves when the pools know of their closed connections. Wait for it before the program sends a request.
 * @remarks An Agent of undici 7 that learns of it too late takes the next connection of this server for unused, and closes
 * it after one request. It learns of that too late as well, so that each request opens a connection from then on.
 */
export async function poolsKnow(): Promise<void> {
  for (let turn = 0; turn < TURNS && closing.size > 0; turn++) await macrotask()
  closing.clear()
}
