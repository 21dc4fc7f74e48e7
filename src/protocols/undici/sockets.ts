import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

import { nextTurn } from '../../clock.ts'
import { closePooled } from '../connection/closing.ts'
import { isIntercepted } from '../internals/symbols.ts'
import type { UndiciRequests } from './requests.ts'

interface ConnectMessage {
  connectParams: { host?: string; hostname?: string; port?: string | number; protocol?: string }
  connector: object
}

export interface UndiciSockets {
  /** Whether undici has just started to connect to this target. A request will follow, however late. */
  expects(target: { host: string; port: number }): boolean
  /**
   * Closes the pooled connections that were opened before the sockets were patched: idle ones at once, busy ones when
   * their request is done. The pool then opens new ones, which are intercepted.
   */
  closeUnseen(): void
  /**
   * From now on closes each connection that was started between cassettes and connects while one is open. It is closed
   * before it is used.
   */
  closeLate(isActive: () => boolean): void
}

const DEFAULT_PORTS: Record<string, number> = { 'http:': 80, 'https:': 443 }

/** Follows undici's connections from the moment this package is loaded, through its diagnostics channels. */
export function followUndiciSockets(requests: UndiciRequests): UndiciSockets {
  const open = new Set<WeakRef<Socket>>()
  const doomed = new Set<Socket>()
  let isActive: (() => boolean) | undefined
  // How many connections of each connector were started between cassettes and are not connected yet.
  const begunOutside = new WeakMap<object, number>()
  const endsOneBegunOutside = (connector: object): boolean => {
    const count = begunOutside.get(connector) ?? 0
    if (count > 0) begunOutside.set(connector, count - 1)
    return count > 0
  }
  let expected: { host: string; port: number }[] = []

  const closeDoomed = (): void => {
    // One turn later: `isBusy` is updated in the same tick.
    nextTurn(() => {
      for (const socket of doomed) {
        if (requests.isBusy(socket)) continue
        doomed.delete(socket)
        socket.destroy()
      }
    })
  }

  subscribe('undici:client:beforeConnect', (message) => {
    const { connectParams, connector } = message as ConnectMessage
    const { hostname, host, port, protocol } = connectParams
    if (isActive?.() !== true) begunOutside.set(connector, (begunOutside.get(connector) ?? 0) + 1)
    const name = hostname ?? host?.replace(/:\d+$/, '') ?? ''
    const number = Number(port) || (DEFAULT_PORTS[protocol ?? ''] ?? 0)
    expected.push({ host: name, port: number })
    // The socket is made in the same tick and reported in the next one, or never.
    nextTurn(() => {
      expected = []
    })
  })
  subscribe('undici:client:connected', (message) => {
    const { socket, connector } = message as ConnectMessage & { socket: Socket }
    if (isIntercepted(socket)) {
      if (isActive?.() !== true) endsOneBegunOutside(connector)
      return
    }
    // Nothing has been written to it: undici opens another one for the request. A connection that the program's own
    // connector returns while a cassette is open is not closed: undici would ask the connector again and again. Its
    // request is stopped with an error that names it.
    if (endsOneBegunOutside(connector) && isActive?.() === true) {
      socket.destroy()
      return
    }
    const ref = new WeakRef(socket)
    open.add(ref)
    socket.once('close', () => open.delete(ref))
  })
  subscribe('undici:client:connectError', (message) => {
    endsOneBegunOutside((message as ConnectMessage).connector)
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
        else closePooled(socket)
      }
    },
  }
}
