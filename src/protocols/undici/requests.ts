import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

import { nextMicrotask } from '../../clock.ts'
import { isIntercepted, isOwnSocket } from '../internals/symbols.ts'
import { PublishedRequest } from './published.ts'

interface Message {
  readonly request: UndiciRequest
  readonly socket: Socket
}

interface UndiciRequest {
  readonly origin?: unknown
  readonly path?: unknown
  readonly method?: unknown
}

/** A request that our dispatcher has forwarded to a server. */
export interface Announced {
  /** True if the request was sent over HTTP/2. */
  isHttp2: boolean
}

/** What is known of a request that undici has written to a socket. */
interface Carried {
  /** Set if our dispatcher has already handled the request. */
  readonly forwarded: Announced | undefined
  /** Runs in the async context in which the program dispatched the request. */
  readonly inContext: <T>(fn: () => T) => T
  /** Resolves when undici is done with the request, with the error that undici gave to the program, if any. */
  readonly ended: Promise<{ readonly error?: unknown }>
}

export interface UndiciRequests {
  /** The next request that undici writes comes from our dispatcher. */
  began(request: Announced): void
  /** The next request on `socket`, if undici sent it. Removes it: a second call gives the request after it. */
  take(socket: object): Carried | undefined
  /** Calls `listener` right before a request is written to a socket that is not intercepted. */
  onUnseen(listener: (request: { method: string; url: string }, socket: Socket) => void): void
  /** Whether undici waits for an answer on `socket`. */
  isBusy(socket: object): boolean
}

/** Whether we told of the request. It is on no socket. */
const isAnsweredHere = (request: object): boolean => request instanceof PublishedRequest

/** @remarks Kept on the socket itself: the interceptors hand out a proxy of the socket, which is another object. */
const CARRIED = Symbol('cassette.carried')
const BUSY = Symbol('cassette.busy')

const listOn = (socket: object): Carried[] => (Reflect.get(socket, CARRIED) as Carried[] | undefined) ?? []
const busyOn = (socket: object): number => (Reflect.get(socket, BUSY) as number | undefined) ?? 0

/**
 * Tells the socket layer two things that only undici knows of a request: whether our dispatcher has handled it, and
 * its async context in the program. When the request is written, the current async context is another one: the
 * connection may have been opened for another request.
 * @remarks undici creates a request inside `dispatch`. When it writes the request, it calls the handler's start
 * callback and then publishes `sendHeaders` with the socket, in one synchronous step.
 */
export function followUndiciRequests(): UndiciRequests {
  const contexts = new WeakMap<object, Carried['inContext']>()
  const sockets = new WeakMap<object, object>()
  const endings = new WeakMap<object, (ending: { error?: unknown }) => void>()
  let announced: Announced | undefined
  let unseen: Parameters<UndiciRequests['onUnseen']>[0] | undefined

  subscribe('undici:request:create', (message) => {
    const { request } = message as Message
    if (!isAnsweredHere(request)) contexts.set(request, AsyncLocalStorage.snapshot())
  })
  subscribe('undici:client:sendHeaders', (message) => {
    if (isAnsweredHere((message as Message).request)) return
    const { request, socket } = message as Message
    const inContext = contexts.get(request) ?? ((fn) => fn())
    const { promise: ended, resolve } = Promise.withResolvers<{ error?: unknown }>()
    endings.set(request, resolve)
    Reflect.set(socket, CARRIED, [...listOn(socket), { forwarded: announced, inContext, ended }])
    Reflect.set(socket, BUSY, busyOn(socket) + 1)
    sockets.set(request, socket)
    const seen = announced !== undefined || isIntercepted(socket) || isOwnSocket(socket)
    announced = undefined
    const { method, origin, path } = request
    if (!seen) unseen?.({ method: String(method), url: `${String(origin)}${String(path)}` }, socket)
  })
  const done = (message: unknown): void => {
    const { request, error } = message as Message & { error?: unknown }
    endings.get(request)?.({ error })
    const socket = sockets.get(request)
    sockets.delete(request)
    if (socket) Reflect.set(socket, BUSY, busyOn(socket) - 1)
  }
  subscribe('undici:request:trailers', done)
  subscribe('undici:request:error', done)

  return {
    began(request) {
      announced = request
      // A request that was aborted before it was written must not lend its announcement to another.
      nextMicrotask(() => {
        announced = undefined
      })
    },
    take(socket) {
      const [first, ...rest] = listOn(socket)
      if (first) Reflect.set(socket, CARRIED, rest)
      return first
    },
    onUnseen(listener) {
      unseen = listener
    },
    isBusy: (socket) => busyOn(socket) > 0,
  }
}
