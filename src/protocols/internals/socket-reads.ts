/**
 * Everything that relies on how Node's sockets pass on what they read is in this file.
 * `test/protocols/internals/socket-reads.test.ts` fails by name when that changes.
 */
import type { Socket } from 'node:net'

/** Gets all bytes read so far. Returns those to pass on, or `undefined` to wait for more. */
export type ReadFilter = (bytes: Buffer) => Buffer | undefined

/**
 * Gives `filter` what `socket` reads next, before any listener gets it. Ends when `filter` returns bytes.
 * @remarks A socket, TCP or TLS, pushes what it reads onto itself.
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
