/**
 * What leans on how Node's sockets hand over what they read; `test/protocols/internals-reads.test.ts` fails by name when
 * that changes.
 */
import type { Socket } from 'node:net'

/** Takes the next bytes; gives those to hand on, or `undefined` for as long as it wants to see more. */
export type ReadFilter = (bytes: Buffer) => Buffer | undefined

/**
 * Lets `filter` see what `socket` reads next, before everybody who listens to it, until it has given an answer.
 * @remarks A socket pushes what it reads onto itself, whether TCP or TLS.
 */
export function filterReads(socket: Socket, filter: ReadFilter): void {
  let seen = Buffer.alloc(0)
  const stop = (): void => void Reflect.deleteProperty(socket, 'push')
  const push = (chunk: Buffer | null): boolean => {
    if (chunk === null) {
      stop()
      if (seen.byteLength > 0) socket.push(seen)
      return socket.push(null)
    }
    seen = Buffer.concat([seen, chunk])
    const rest = filter(seen)
    if (rest === undefined) return true
    stop()
    return rest.byteLength === 0 || socket.push(rest)
  }
  Reflect.set(socket, 'push', push)
}

/**
 * Lets a client read bytes before it is decided where its connection leads to.
 * @remarks The socket's own reading side; the server's side of an undecided connection waits until it is connected.
 */
export function readEarly(socket: Socket, bytes: Buffer): void {
  socket.push(bytes)
}
