/**
 * Everything that relies on how sockets are told where to connect is in this file.
 * `test/protocols/connection/unix-sockets.test.ts` fails when that changes.
 */
import net from 'node:net'

import { ownSymbol } from './symbols.ts'

const NOTED = Symbol('cassette.unix-socket')
const PATCHED = Symbol.for('cassette.notes-socket-paths')

const pathOf = (args: readonly unknown[]): string | undefined => {
  // `net.connect()` passes its arguments on as one array.
  const [first]: readonly unknown[] = Array.isArray(args[0]) ? args[0] : args
  const path: unknown = typeof first === 'object' && first !== null ? Reflect.get(first, 'path') : first
  return typeof path === 'string' && path !== '' && !/^\d+$/.test(path) ? path : undefined
}

/**
 * Notes the path of each unix socket that is connected to. The interceptors report it only if the client names no
 * port, and all clients of `http` name one.
 * @remarks Wraps their patch. So a connection of their own, for which they name no path, changes nothing.
 */
export function noteSocketPaths(): void {
  const { prototype } = net.Socket
  const connect: unknown = Reflect.get(prototype, 'connect')
  if (typeof connect !== 'function' || Reflect.get(connect, PATCHED) === true) return
  function noting(this: net.Socket, ...args: unknown[]): unknown {
    const path = pathOf(args)
    if (path !== undefined) Reflect.set(this, NOTED, path)
    return Reflect.apply(connect as net.Socket['connect'], this, args)
  }
  Object.defineProperty(noting, PATCHED, { value: true })
  Reflect.set(prototype, 'connect', noting)
}

/** The path of the unix socket that an undici Agent connects to (`connect: { socketPath }`). */
export function agentSocketPath(dispatcher: object): string | undefined {
  const options = ownSymbol(dispatcher, 'options')
  const made: unknown = options && Reflect.get(dispatcher, options)
  const connect: unknown =
    typeof made === 'object' && made !== null ? Reflect.get(made, 'connect') : undefined
  const path: unknown =
    typeof connect === 'object' && connect !== null ? Reflect.get(connect, 'socketPath') : undefined
  return typeof path === 'string' ? path : undefined
}

/** The path that was noted for a socket. `undefined`: it does not connect to a unix socket. */
export function notedSocketPath(socket: object): string | undefined {
  const path: unknown = Reflect.get(socket, NOTED)
  return typeof path === 'string' ? path : undefined
}
