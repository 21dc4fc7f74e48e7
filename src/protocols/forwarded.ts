import { subscribe } from 'node:diagnostics_channel'

/** @note Kept on the socket itself: the interceptors hand out a proxy of it, which is another object. */
const ANNOUNCED = Symbol('cassette.announced')

const count = (socket: object): number => {
  const value: unknown = Reflect.get(socket, ANNOUNCED)
  return typeof value === 'number' ? value : 0
}

/**
 * Tells the socket layer which requests the dispatcher seam has dealt with already.
 * undici calls the handler's `onRequestStart` and then publishes `undici:client:sendHeaders` with the socket,
 * in one synchronous stretch before it writes: a request announced by the first belongs to that socket.
 */
export interface ForwardedRequests {
  /** The next request undici writes is one of the dispatcher seam's. */
  began(): void
  /** Whether the request now coming out of `socket` was announced; asking uses the announcement up. */
  take(socket: object): boolean
}

export function forwardedRequests(): ForwardedRequests {
  let announced = false

  subscribe('undici:client:sendHeaders', (message) => {
    if (!announced) return
    announced = false
    const { socket } = message as { socket: object }
    Reflect.set(socket, ANNOUNCED, count(socket) + 1)
  })

  return {
    began() {
      announced = true
      // A request that was aborted before it was written must not lend its announcement to another.
      queueMicrotask(() => {
        announced = false
      })
    },
    take(socket) {
      const left = count(socket)
      if (left > 0) Reflect.set(socket, ANNOUNCED, left - 1)
      return left > 0
    },
  }
}
