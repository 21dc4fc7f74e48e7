import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

import { isIntercepted } from './internals.ts'

interface ConnectMessage {
  connectParams: { host?: string; hostname?: string; port?: string | number; protocol?: string }
}
interface RequestMessage {
  request: object
  socket: Socket
}

export interface UndiciSockets {
  /** Whether undici has just asked for a connection to this target: a request will come, however late. */
  expects(target: { host: string; port: number }): boolean
  /**
   * Closes the pooled connections that were opened before the sockets were patched: idle ones at once, busy
   * ones when their request is done. Their pool opens new ones, which are seen.
   */
  closeUnseen(): void
}

const DEFAULT_PORTS: Record<string, number> = { 'http:': 80, 'https:': 443 }

/** Follows undici's connections from the moment this package is loaded, through its diagnostics channels. */
export function followUndiciSockets(): UndiciSockets {
  const open = new Set<WeakRef<Socket>>()
  const socketOf = new WeakMap<object, Socket>()
  const busy = new WeakMap<Socket, number>()
  const doomed = new WeakSet<Socket>()
  let expected: { host: string; port: number }[] = []

  subscribe('undici:client:beforeConnect', (message) => {
    const { hostname, host, port, protocol } = (message as ConnectMessage).connectParams
    const name = hostname ?? host?.replace(/:\d+$/, '') ?? ''
    const number = Number(port) || (DEFAULT_PORTS[protocol ?? ''] ?? 0)
    expected.push({ host: name, port: number })
    // The socket is made in the same tick and reported in the next one, or never.
    setImmediate(() => {
      expected = []
    })
  })
  subscribe('undici:client:connected', (message) => {
    const { socket } = message as RequestMessage
    if (isIntercepted(socket)) return
    const ref = new WeakRef(socket)
    open.add(ref)
    socket.once('close', () => open.delete(ref))
  })
  subscribe('undici:client:sendHeaders', (message) => {
    const { request, socket } = message as RequestMessage
    socketOf.set(request, socket)
    busy.set(socket, (busy.get(socket) ?? 0) + 1)
  })
  const done = (message: unknown): void => {
    const { request } = message as RequestMessage
    const socket = socketOf.get(request)
    if (!socket) return
    socketOf.delete(request)
    const left = (busy.get(socket) ?? 1) - 1
    busy.set(socket, left)
    if (left === 0 && doomed.has(socket)) setImmediate(() => socket.destroy())
  }
  subscribe('undici:request:trailers', done)
  subscribe('undici:request:error', done)

  return {
    expects: ({ host, port }) => expected.some((one) => one.host === host && one.port === port),
    closeUnseen() {
      for (const ref of open) {
        const socket = ref.deref()
        if (!socket || socket.destroyed) open.delete(ref)
        else if ((busy.get(socket) ?? 0) > 0) doomed.add(socket)
        else socket.destroy()
      }
    },
  }
}
