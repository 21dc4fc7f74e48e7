import { once } from 'node:events'
import type { Socket } from 'node:net'

import { closePooled } from './closing.ts'
import type { Gate, NonHttpUse } from '../../exchange/gate.ts'
import { hasHttpClient, isUndecided, type SocketControl } from '../internals/interceptors.ts'
import { withoutHeader } from '../internals/request-head.ts'
import { asHandshakeError } from '../failure.ts'
import type { UnixSocket } from './unix-socket.ts'
import type { RequestReader } from './request-reader.ts'
import { ResponseQueue } from './response-queue.ts'

/** One intercepted client connection and its responses. */
export interface Connection {
  /** The client's socket seen from the server: writing to it is what the client reads. */
  readonly socket: Socket
  readonly control: SocketControl
  readonly unix: UnixSocket | undefined
  /** What it is to a program that speaks no HTTP on it. */
  readonly use: NonHttpUse
  /** Called when the client has sent a request. From then on the outcome of the request decides. */
  known(): void
  /** Gives `reader` a copy of what the client writes, up to the end of the body. */
  copyRequest(reader: RequestReader): void
  /** The responses on this connection, in order: from the server, or made here. */
  readonly responses: ResponseQueue
  /** Keeps `closeIdleConnections` from closing it. Called when the client asks for a protocol other than HTTP/1. */
  keep(): void
  readonly isKept: boolean
  /** Removes this header from the request head before the head is sent to the server. */
  withhold(header: string): void
}

/**
 * The connections that have carried a request. A client may keep them in a pool.
 * @remarks Weak references: nobody closes an answered connection after its pool was dropped, and a strong reference
 * would keep it in memory.
 */
const used = new Set<WeakRef<Connection>>()

/**
 * Closes the pooled connections that nobody uses at the moment. The next session must not reuse them: a server may
 * close its side at any time, also during a replay.
 * @remarks The newest first: a TLS socket in a tunnel never emits `close` if the socket under it is closed before it.
 */
export function closeIdleConnections(isBusy: (socket: object) => boolean): void {
  for (const ref of [...used].toReversed()) {
    const connection = ref.deref()
    if (!connection || connection.socket.destroyed) used.delete(ref)
    else if (!connection.isKept && !hasHttpClient(connection.socket) && !isBusy(connection.socket))
      closePooled(connection.socket)
  }
}

interface Circumstances {
  readonly target: { host: string; port: number }
  readonly gate: Gate
  readonly expectedByUndici: boolean
  /** How to ask the gate about the connection if the client does not speak HTTP on it. */
  readonly use: NonHttpUse
  /** Whether somebody else may have changed a request that passes, such as msw. */
  readonly othersListen: () => boolean
}

/**
 * Follows a connection from its opening.
 * @remarks The interceptors connect to the server if a client reads before it writes: they assume that the server
 * speaks first. An HTTP client that sends its body late looks the same. If the network is not allowed, its connection
 * is held until the request is known.
 */
export function followConnection(
  socket: Socket,
  control: SocketControl,
  { target, gate, expectedByUndici, use, othersListen }: Circumstances,
): Connection {
  const responses = new ResponseQueue()
  let real: Socket | undefined
  let known = false
  let kept = false
  let withheld: string | undefined

  const passthrough = control.passthrough.bind(control)
  control.passthrough = (rendered) => {
    // The interceptors write the head anew. The server is to get the bytes that the client wrote.
    const flush = othersListen() ? rendered : undefined
    if (!known && control.hearsServer && isUndecided(control)) return undefined as never
    if (!known && gate.active() && isUndecided(control)) {
      const isHttp = expectedByUndici || hasHttpClient(socket)
      const verdict = isHttp ? gate.connect({ ...target, protocol: 'http1' }) : (gate.nonHttp(use) ?? 'open')
      if (verdict instanceof Error) socket.destroy(verdict)
      // The interceptors ignore the return value while the connection is undecided.
      if (verdict !== 'open') return undefined as never
    }
    // Pipelined: this request was sent together with the one before it, and its response follows that one's.
    if (real && !isUndecided(control)) return real
    const server = passthrough(withheld === undefined ? flush : withoutHeader(withheld, flush))
    if (server !== real) listen((real = server))
    return server
  }

  function listen(server: Socket): void {
    // A copy: the client gets the same chunk and may change or detach it. Prepended: the client may answer at once.
    server.prependListener('data', (chunk: Buffer) => responses.write(Buffer.from(chunk)))
    server.on('end', () => {
      responses.end()
      // An idle socket in a pool does not read. Without this call its client never sees that the server has closed.
      socket.read(0)
    })
    // Prepended: it must run before the interceptors pass the error to the client.
    server.prependListener('error', (error) => {
      if (expectedByUndici) asHandshakeError(error)
      responses.fail(error)
    })
    server.on('close', () => responses.cut())
  }
  socket.on('close', () => {
    if (!real || (!real.readableEnded && !real.errored)) responses.cut()
    responses.clear()
  })
  // The agent has put the socket back into its pool.
  socket.on('free', () => responses.clear())

  const connection: Connection = {
    socket,
    control,
    unix: use.kind === 'unix' ? { path: use.path, host: target.host } : undefined,
    responses,
    use,
    known() {
      if (!known) used.add(new WeakRef(connection))
      known = true
    },
    copyRequest(reader) {
      const copy = (chunk: Buffer): void => reader.write(chunk)
      socket.on('data', copy)
      const stop = (): void => void socket.removeListener('data', copy)
      reader.body.then(stop, stop)
    },
    keep() {
      kept = true
    },
    get isKept() {
      return kept
    },
    withhold(header) {
      withheld = header
    },
  }
  return connection
}

/** Writes to the client. Waits for `drain` if the client does not read. */
export async function send({ socket }: Connection, bytes: Uint8Array, gone: AbortSignal): Promise<void> {
  if (gone.aborted || socket.destroyed) return
  if (!socket.write(bytes)) await once(socket, 'drain', { signal: gone }).catch(() => {})
}
