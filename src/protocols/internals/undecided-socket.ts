/**
 * What the interceptors leave to Node on a socket whose connection is not decided yet, and what would abort the process
 * or fill its memory. `test/protocols/internals/undecided-socket.test.ts` fails if a detail changes.
 */
import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

import { nextMicrotask } from '../../clock.ts'
import { isIntercepted, ownSymbol } from './symbols.ts'

type Method = (...args: unknown[]) => unknown

/** What the interceptors put on a socket, over the methods of its class. */
const PUT = ['connect', '_read', '_writeGeneric', 'emit', 'destroy', '_destroy', 'address']

/** Wraps `net.Socket.prototype.connect`. Apply it over the patch of the interceptors. */
export function watchUndecided(): void {
  const connect: unknown = Reflect.get(Socket.prototype, 'connect')
  if (typeof connect !== 'function') return
  Reflect.set(Socket.prototype, 'connect', function (this: Socket, ...args: unknown[]): unknown {
    const isAgain = isIntercepted(this)
    const result: unknown = Reflect.apply(connect, this, args)
    if (isAgain || !isIntercepted(this) || !Object.hasOwn(this, '_writeGeneric')) return result
    yieldBetweenWrites(this)
    connectsAgain(this)
    return result
  })
}

/**
 * The interceptors tell a client at once that a write is done, so that a loop of writes would never end and never let
 * anything be sent. Told when the code that runs now has ended, it makes `write` return false at the high-water mark.
 * A turn of the loop later would be too late: a replay may come before it, and got then gives up its request.
 */
function yieldBetweenWrites(socket: Socket): void {
  const write = Reflect.get(socket, '_writeGeneric') as Method
  Reflect.set(socket, '_writeGeneric', (isMany: unknown, data: unknown, encoding: unknown, done: unknown) => {
    let isWriting = true
    const later = (...args: unknown[]): void => {
      const tell = (): void => void (done as Method)(...args)
      if (isWriting) nextMicrotask(tell)
      else tell()
    }
    write(isMany, data, encoding, typeof done === 'function' ? later : done)
    isWriting = false
  })
}

/** Lets a closed socket connect anew, as one that has never been connected: Node does so from listeners of `close`. */
function connectsAgain(socket: Socket): void {
  Reflect.set(socket, 'connect', (...args: unknown[]): unknown => {
    if (socket.destroyed) {
      for (const name of PUT) Reflect.deleteProperty(socket, name)
      const patched = ownSymbol(socket, 'kPatched')
      if (patched) Reflect.deleteProperty(socket, patched)
    }
    return Reflect.apply(Reflect.get(Socket.prototype, 'connect') as Method, socket, args)
  })
}

/** Calls that end the process when the handle has never shaken hands. */
export function guardHandshake(socket: Socket): void {
  const handle: unknown = Reflect.get(socket, '_handle')
  if (!(socket instanceof TLSSocket) || typeof handle !== 'object' || handle === null) return
  Object.assign(handle, {
    // The server has not been asked yet, so its keys are not known: this is what Node says before a handshake.
    getEphemeralKeyInfo: () => ({ type: undefined, name: undefined, size: undefined }),
    renegotiate() {
      socket.once('secure', () => {
        const real: unknown = Reflect.get(socket, '_handle')
        if (real === handle || typeof real !== 'object' || real === null) return
        Reflect.apply(Reflect.get(real, 'renegotiate') as Method, real, [])
      })
    },
  })
}
