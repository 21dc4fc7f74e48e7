/**
 * Everything that leans on undocumented details of `@mswjs/interceptors`, undici and Node stands in this file.
 * `test/protocols/internals.test.ts` fails by name when one of them changes.
 */
import { Socket } from 'node:net'

import type { HeaderPairs } from '../exchange/types.ts'

/** The part of the interceptors' request controller that is used here. */
export interface RequestControl {
  readyState: number
  respondWith(response: Response): void
  errorWith(reason?: unknown): void
}

/** The part of the interceptors' socket controller that is used here. */
export interface SocketControl {
  readyState: number
  claim(): void
  passthrough(flush?: unknown): Socket
}

const REQUEST_RESPONDED = 2
const SOCKET_PENDING = 0

export const isUndecided = (socket: SocketControl): boolean => socket.readyState === SOCKET_PENDING

/**
 * Tells the interceptors that this request is being answered by other means than `respondWith`, which can
 * say neither raw header blocks nor trailers nor a body cut short, and knows no backpressure.
 */
export function takeOver(control: RequestControl): void {
  control.readyState = REQUEST_RESPONDED
}

/** Headers as written, in order and case: the interceptors keep them on a symbol of the `Headers`. */
export function rawHeaderPairs(headers: Headers): HeaderPairs {
  const symbol = Object.getOwnPropertySymbols(headers).find((one) => one.description === 'kRawHeaders')
  const raw: unknown = symbol && Reflect.get(headers, symbol)
  // A copy: removing a header from the `Headers` changes the very array.
  if (Array.isArray(raw)) return (raw as [string, string][]).map(([name, value]) => [name, value] as const)
  return [...headers]
}

/** Whether Node's http client owns the socket: it will write a request sooner or later. */
export const hasHttpClient = (socket: object): boolean => {
  const message: unknown = Reflect.get(socket, '_httpMessage')
  return typeof message === 'object' && message !== null
}

/** @note Only the HTTP/2 core connects from this file, also through references taken before any patch. */
export const isHttp2Stack = (stack: string | undefined): boolean =>
  stack?.includes('node:internal/http2/core') === true

/** Runs `connect` so that the interceptors leave its socket alone. */
export function bypassInterceptors<T>(connect: () => T): T {
  const context: unknown = Reflect.get(globalThis, '__MSW_INTERNAL_CONNECTION_CONTEXT')
  if (typeof context === 'object' && context !== null) {
    const run: unknown = Reflect.get(context, 'run')
    if (typeof run === 'function') return Reflect.apply(run, context, [connect]) as T
  }
  return connect()
}

/** Frees the handles under a socket that was answered without a connection; Node would keep them open. */
const close = (handle: unknown): void => {
  const method: unknown =
    typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'close') : undefined
  if (typeof method === 'function') Reflect.apply(method, handle, [])
}

export function releaseHandles(socket: object): void {
  // A TLS socket over another (in a tunnel that was answered) would leave that one open.
  const transport: unknown = Reflect.get(socket, '_parent')
  if (transport instanceof Socket) transport.destroy()
  const handle: unknown = Reflect.get(socket, '_handle')
  if (typeof handle !== 'object' || handle === null) return
  const parent: unknown = Reflect.get(handle, '_parent')
  close(handle)
  close(parent)
}

/** Whether the interceptors control this socket: one connected before they were applied is out of reach. */
export const isIntercepted = (socket: object): boolean =>
  Object.getOwnPropertySymbols(socket).some((symbol) => symbol.description === 'kPatched')

/**
 * Runs `apply` so that `first` hears of every connection before the listener that `apply` registers.
 * @note The emitter awaits one listener before it calls the next, and a client that writes at once has its
 * bytes delivered in between: a listener registered before the HTTP parser's makes the parser miss them, one
 * registered after it hears of a connection only when its request has been reported.
 */
export function ahead(
  emitter: { on: unknown },
  type: string,
  first: (event: never) => void,
  apply: () => void,
): void {
  const on = emitter.on as (name: string, listener: (event: never) => unknown, options?: unknown) => unknown
  emitter.on = (name: string, listener: (event: never) => unknown, options?: unknown): unknown => {
    const both = (event: never): unknown => {
      first(event)
      return listener(event)
    }
    return on.call(emitter, name, name === type ? both : listener, options)
  }
  try {
    apply()
  } finally {
    emitter.on = on
  }
}
