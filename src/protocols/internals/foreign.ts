import net from 'node:net'

import { ForeignInterceptorsError } from '../../errors/foreign-interceptors-error.ts'
import { foreignInterceptors } from './interceptors.ts'
import { isForeign } from './symbols.ts'

/**
 * Call it before a session starts.
 * @throws ForeignInterceptorsError if another copy of the interceptors would take every socket too
 */
export function checkInterceptors(): void {
  if (foreignInterceptors()) throw new ForeignInterceptorsError()
}

/**
 * Runs `apply`, which applies our copy of the interceptors. Sockets that a later copy controls are left alone: a
 * socket under two controllers never connects. The connections which that copy opens itself are ours again.
 */
export function besideForeignInterceptors<T>(apply: () => T): T {
  const before: unknown = Reflect.get(net.Socket.prototype, 'connect')
  const applied = apply()
  const intercepted: unknown = Reflect.get(net.Socket.prototype, 'connect')
  if (typeof before !== 'function' || typeof intercepted !== 'function') return applied
  const connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
    if (isForeign(this)) return Reflect.apply(before, this, args) as net.Socket
    return Reflect.apply(intercepted, this, args) as net.Socket
  }
  Reflect.set(net.Socket.prototype, 'connect', connect)
  return applied
}
