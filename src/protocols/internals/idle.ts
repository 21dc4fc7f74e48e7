/**
 * Keeps the process unpatched while no cassette is open: the native functions run, and nothing of ours sees the call.
 * `test/protocols/internals/idle.test.ts` fails by name if a detail of the interceptors changes.
 */
import http from 'node:http'
import http2 from 'node:http2'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import tls from 'node:tls'
import { promisify } from 'node:util'

import { Interceptor } from '@mswjs/interceptors'
import { SocketInterceptor } from '@mswjs/interceptors/net'

import { ownSymbol } from './symbols.ts'

type Fn = (this: unknown, ...args: unknown[]) => unknown

// The interceptors make these when they are loaded. A program that lists its globals must not find them.
for (const name of ['__MSW_INTERCEPTORS_REGISTRY', '__MSW_INTERNAL_CONNECTION_CONTEXT'])
  if (Object.hasOwn(globalThis, name)) Object.defineProperty(globalThis, name, { enumerable: false })

/** The functions that the patches replace. A call in an idle process must reach the native one. */
const PLACES: readonly (readonly [owner: object, name: string])[] = [
  [net.Socket.prototype, 'connect'],
  [http.Agent.prototype, 'addRequest'],
  [net, 'connect'],
  [net, 'createConnection'],
  [tls, 'connect'],
  [tls.TLSSocket.prototype, '_wrapHandle'],
  [http2, 'connect'],
]

/**
 * Runs `patch`, then puts a front before each function that it replaced. The front calls the native function unless
 * `isNeeded` says of the call's arguments, at that moment, that somebody wants to see it.
 */
export function patchedOnlyWhile(isNeeded: (args: readonly unknown[]) => boolean, patch: () => void): void {
  const natives = PLACES.map(([owner, name]) => Object.getOwnPropertyDescriptor(owner, name))
  patch()
  for (const [i, [owner, name]] of PLACES.entries()) {
    const native = natives[i]
    const patched: unknown = Reflect.get(owner, name)
    if (native === undefined || typeof patched !== 'function' || patched === native.value) continue
    Object.defineProperty(owner, name, {
      ...native,
      value: frontOf(native.value as Fn, patched as Fn, isNeeded),
    })
  }
  syncBuiltinESMExports()
}

/** A function that looks like `native` and calls it, or `patched` if that is needed now. */
function frontOf(native: Fn, patched: Fn, isNeeded: (args: readonly unknown[]) => boolean): Fn {
  const front: Fn = function (...args) {
    return Reflect.apply(isNeeded(args) ? patched : native, this, args)
  }
  const own: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(native)
  const promised: unknown = Reflect.get(native, promisify.custom)
  const promisedHere: unknown = Reflect.get(patched, promisify.custom)
  if (typeof promised === 'function' && typeof promisedHere === 'function')
    Object.assign(own, {
      [promisify.custom]: {
        ...Object.getOwnPropertyDescriptor(native, promisify.custom),
        value: frontOf(promised as Fn, promisedHere as Fn, isNeeded),
      },
    })
  Object.defineProperties(front, own)
  return front
}

/** How many listeners the interceptors have, for connections and for requests. */
function listeners(): number {
  const registry: unknown = Reflect.get(globalThis, '__MSW_INTERCEPTORS_REGISTRY')
  if (!(registry instanceof Map)) return 0
  const source: unknown = registry.get(Symbol.for('node-http-request-source'))
  const sockets: unknown = registry.get(SocketInterceptor.symbol)
  return counted(source, 'request') + counted(sockets, 'connection')
}

function counted(interceptor: unknown, type: string): number {
  const count: unknown = interceptor instanceof Interceptor ? Reflect.get(interceptor, 'listenerCount') : 0
  return typeof count === 'function' ? Number(Reflect.apply(count, interceptor, [type])) : 0
}

/**
 * Runs `apply`, which registers listeners of ours.
 * @returns tells whether somebody else listens now, such as msw in the same process
 */
export function countingOurs(apply: () => void): () => boolean {
  const before = listeners()
  apply()
  const ours = listeners() - before
  return () => listeners() > ours
}

let rawHeaders: symbol | undefined

/** The symbol under which the interceptors keep the headers as written. `undefined`: they have never been applied. */
export const rawHeadersSymbol = (): symbol | undefined => rawHeaders

const RESTORE = 'kRestorePatches'
const CLASSES = ['Headers', 'Request', 'Response'] as const

const restoreKey = (): symbol | undefined => ownSymbol(globalThis.Headers, RESTORE)

/**
 * Runs `apply`, which applies interceptors, and then restores the program's `Headers`, `Request` and `Response`. The
 * interceptors replace these classes to remember how headers were spelled. Their classes lose headers of copies.
 */
export function leavingFetchClasses<T>(apply: () => T): T {
  const before = restoreKey()
  const own = CLASSES.map((name) => Object.getOwnPropertyDescriptor(globalThis, name))
  const result = apply()
  const key = restoreKey()
  if (key !== undefined) rawHeaders = ownSymbol(new globalThis.Headers(), 'kRawHeaders')
  if (before === undefined && key !== undefined) {
    const restore: unknown = Reflect.get(globalThis.Headers, key)
    if (typeof restore === 'function') Reflect.apply(restore, undefined, [])
    for (const [i, name] of CLASSES.entries()) {
      const descriptor = own[i]
      if (descriptor) Object.defineProperty(globalThis, name, descriptor)
    }
  }
  return result
}
