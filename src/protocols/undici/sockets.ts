import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

import { isIntercepted } from '../internals/interceptors.ts'
import type { UndiciRequests } from './requests.ts'

interface ConnectMessage {
  connectParams: { host?: string; hostname?: string; port?: string | number; protocol?: string }
}

export interface UndiciSockets {
  /** Whether undici has just asked for a connection to this target: a request will come, however late. */
  expects(target: { host: string; port: number }): boolean
  /**
   * Closes the pooled connections that were opened before the sockets were patched: idle ones at once, busy
   * ones when their request is done. Their pool opens new ones, which are seen.
   */
  closeUnseen(): void
  /** From now on, a connection that was begun between cassettes and ends up inside one is closed before it is used. */
  closeLate(isActive: () => boolean): void
}

const DEFAULT_PORTS: Record<string, number> = { 'http:': 80, 'https:': 443 }

/** Follows undici's connections from the moment this package is loaded, through its diagnostics channels. */
export function followUndiciSockets(requests: UndiciRequests): UndiciSockets {
  const open = new Set<WeakRef<Socket>>()
  const doomed = new Set<Socket>()
  let isActive: (() => boolean) | undefined
  let expected: { host: string; port: number }[] = []

  const closeDoomed = (): void => {
    // The count of what a socket carries is brought up to date in the same tick.
    setImmediate(() => {
      for (const socket of doomed) {
        if (requests.isBusy(socket)) continue
        doomed.delete(socket)
        socket.destroy()
      }
    })
  }

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
    const { socket } = message as { socket: Socket }
    if (isIntercepted(socket)) return
    // Nothing has been written to it: undici opens another one for the request.
    if (isActive?.() === true) {
      socket.destroy()
      return
    }
    const ref = new WeakRef(socket)
    open.add(ref)
    socket.once('close', () => open.delete(ref))
  })
  subscribe('undici:request:trailers', closeDoomed)
  subscribe('undici:request:error', closeDoomed)

  return {
    expects: ({ host, port }) => expected.some((one) => one.host === host && one.port === port),
    closeLate(active) {
      isActive = active
    },
    closeUnseen() {
      for (const ref of open) {
        const socket = ref.deref()
        if (!socket || socket.destroyed) open.delete(ref)
        else if (requests.isBusy(socket)) doomed.add(socket)
        else socket.destroy()
      }
    },
  }
}
