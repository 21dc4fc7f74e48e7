/**
 * Everything that relies on undocumented details of `@mswjs/interceptors` for requests and sockets is in this file.
 * `test/protocols/internals/interceptors.test.ts` fails by name when one of them changes.
 */
import type { Socket } from 'node:net'

import { FetchResponse } from '@mswjs/interceptors'
import { SocketInterceptor } from '@mswjs/interceptors/net'

import { bypass } from './bypass.ts'
import { rawHeadersSymbol } from './idle.ts'
import type { HeaderPairs } from '../../exchange/exchange.ts'
import { ownSymbol } from './symbols.ts'

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
  /** The connection that was really made, if one was. */
  readonly live: Socket | undefined
  /** Connects for real, though it is not decided yet where the request goes. */
  dial(): void
  /** A request has come out of it. */
  hasRequest: boolean
  /** Everything the client writes is wanted, before it is decided where it goes. */
  wantsAll: boolean
  want(): void
  /** Its client writes a request only when it is connected. */
  isPatient: boolean
  /** Its server can be heard, and its client has not said anything yet. */
  readonly hearsServer: boolean
  /** Called if a listener cannot read what the client writes. */
  onUnreadable: (error: Error) => void
  /** What is written next is for the listeners to decide anew. */
  reset(): void
}

const REQUEST_RESPONDED = 2
const SOCKET_PENDING = 0

export const isUndecided = (socket: SocketControl): boolean => socket.readyState === SOCKET_PENDING

/**
 * Tells the interceptors that we answer this request without `respondWith`. `respondWith` cannot send raw header
 * blocks, trailers or a truncated body, and it ignores backpressure.
 */
export function takeOver(control: RequestControl): void {
  control.readyState = REQUEST_RESPONDED
}

/** Calls `tell` if another listener on the same interceptors, such as msw, answers a request that we forwarded. */
export function whenAnswered(control: RequestControl, tell: () => void): void {
  for (const name of ['respondWith', 'errorWith'] as const) {
    const answer: (...args: never[]) => unknown = control[name].bind(control)
    Reflect.set(control, name, (...args: never[]) => {
      tell()
      return answer(...args)
    })
  }
}

let parsed: readonly string[] = []

/** Keeps the headers that the interceptors parse: fetch's `Headers` do not keep their spelling. */
export function keepRawHeads(): void {
  const parse = FetchResponse.parseRawHeaders.bind(FetchResponse)
  FetchResponse.parseRawHeaders = (raw) => {
    parsed = raw
    return parse(raw)
  }
}

/**
 * Stores the headers as written where the interceptors look for them. Otherwise they are sent sorted and in lower
 * case.
 */
function noteRawHead(headers: Headers): void {
  const symbol = rawHeadersSymbol()
  if (symbol === undefined || Reflect.has(headers, symbol)) return
  const value = Array.from({ length: parsed.length / 2 }, (_, i) => [parsed[2 * i], parsed[2 * i + 1]])
  Object.defineProperty(headers, symbol, { value, enumerable: false, configurable: true })
}

/** The headers as written, in order and case. The interceptors keep them under a symbol of the `Headers`. */
export function rawHeaderPairs(headers: Headers): HeaderPairs {
  const symbol = ownSymbol(headers, 'kRawHeaders')
  const raw: unknown = symbol && Reflect.get(headers, symbol)
  // A copy: removing a header from the `Headers` changes this array.
  if (Array.isArray(raw)) return (raw as [string, string][]).map(([name, value]) => [name, value] as const)
  return [...headers]
}

/** Whether Node's HTTP client owns the socket: it will write a request sooner or later. */
export const hasHttpClient = (socket: object): boolean => {
  const message: unknown = Reflect.get(socket, '_httpMessage')
  return typeof message === 'object' && message !== null
}

/** Runs `connect` so that the interceptors leave its socket alone. */
export function bypassInterceptors<T>(connect: () => T): T {
  const context: unknown = Reflect.get(globalThis, '__MSW_INTERNAL_CONNECTION_CONTEXT')
  if (typeof context === 'object' && context !== null) {
    const run: unknown = Reflect.get(context, 'run')
    if (typeof run === 'function') return Reflect.apply(run, context, [() => bypass(connect)]) as T
  }
  return bypass(connect)
}

interface Listening {
  on: unknown
  listeners(type: string): unknown[]
  removeListener(type: string, listener: unknown): unknown
}
type Listener = (event: never) => unknown

/**
 * Runs `apply` so that `first` is called for every connection before two kinds of listeners: the one that `apply`
 * registers, and those that others have registered on the same interceptors.
 * @remarks The emitter awaits one listener before it calls the next. If a client writes at once, its bytes are
 * delivered in between. So a listener before the HTTP parser's makes the parser miss bytes, and a listener after it is
 * called only when the request has been reported.
 */
export function ahead(emitter: object, type: string, first: (event: never) => void, apply: () => void): void {
  const target = emitter as Listening
  const on = target.on as (name: string, listener: Listener, options?: unknown) => unknown
  const led =
    (listener: Listener): Listener =>
    (event) => {
      first(event)
      return listener(event)
    }
  let registered = false
  target.on = (name: string, listener: Listener, options?: unknown): unknown => {
    if (name !== type || registered) return on.call(target, name, listener, options)
    registered = true
    return on.call(target, name, led(listener), options)
  }
  try {
    apply()
  } finally {
    target.on = on
  }
  if (registered) return
  const before = [...target.listeners(type)] as Listener[]
  for (const listener of before) target.removeListener(type, listener)
  for (const [i, listener] of before.entries()) on.call(target, type, i === 0 ? led(listener) : listener)
}

interface Emitting {
  earlyOn(type: string, listener: (event: ReportedRequest) => void): unknown
}
export interface ReportedRequest {
  readonly controller: object
  readonly request: Request
}

/**
 * Tells which connection a request came from. The `initiator` of the event does not: it is another object if somebody,
 * such as msw, has applied the interceptors for fetch or for `http`.
 * @remarks A socket's bytes are parsed, and its request is reported to the first listener, in one synchronous step.
 */
export function followRequests<T>(
  reported: (connection: T, event: ReportedRequest, chunk: Uint8Array) => void,
): {
  /** Call it once, when the interceptors have been applied. */
  listen(): void
  /** Call it with each new connection, before its parser is attached. */
  watch(socket: Socket, connection: T): void
  of(control: object): T | undefined
} {
  const connections = new WeakMap<object, T>()
  let writing: { connection: T; chunk: Uint8Array } | undefined
  return {
    listen() {
      const registry = Reflect.get(globalThis, '__MSW_INTERCEPTORS_REGISTRY') as Map<symbol, object>
      const source = registry.get(Symbol.for('node-http-request-source'))
      const emitter = Reflect.get(source ?? {}, 'emitter') as Emitting
      emitter.earlyOn('request', (event) => {
        noteRawHead(event.request.headers)
        if (writing === undefined) return
        connections.set(event.controller, writing.connection)
        reported(writing.connection, event, writing.chunk)
      })
    },
    watch: (socket, connection) =>
      void socket.on('data', (chunk) => {
        writing = { connection, chunk }
      }),
    of: (control) => connections.get(control),
  }
}

const strangers = new Set<object>()

/**
 * Whether a second copy of the interceptors is active in this process, such as the one of msw or nock in another
 * version. Both copies would take every socket.
 * @remarks All copies enter themselves in one registry. The last one replaces the others there.
 */
export function foreignInterceptors(): boolean {
  const registry: unknown = Reflect.get(globalThis, '__MSW_INTERCEPTORS_REGISTRY')
  const entered: unknown = registry instanceof Map ? registry.get(SocketInterceptor.symbol) : undefined
  if (typeof entered === 'object' && entered !== null && !(entered instanceof SocketInterceptor))
    strangers.add(entered)
  return [...strangers].some((one) => Reflect.get(one, 'readyState') === 'ACTIVE')
}
