import { once } from 'node:events'
import type { Socket } from 'node:net'

import type { Gate, NonHttpUse } from '../../exchange/gate.ts'
import { hasHttpClient, isUndecided, type SocketControl } from '../internals/interceptors.ts'
import { withoutHeader } from '../internals/request-head.ts'
import { asHandshakeError } from '../failure.ts'
import type { UnixSocket } from './unix-socket.ts'
import type { RequestReader } from './request-reader.ts'
import { ResponseQueue } from './response-queue.ts'

/** One intercepted client connection: what has been decided of it, and who listens to its live side. */
export interface Connection {
  /** The client's socket seen from the server: writing to it is what the client reads. */
  readonly socket: Socket
  readonly control: SocketControl
  readonly unix: UnixSocket | undefined
  /** A request has come out of it: what happens next is decided by the request's outcome. */
  known(): void
  /** Lets `reader` have what the client writes, up to the end of the body. */
  copyRequest(reader: RequestReader): void
  /** The responses of its live side, and those that are made in their place. */
  readonly responses: ResponseQueue
  /** Its request asks for another protocol: it is never taken for an idle one. */
  keep(): void
  readonly isKept: boolean
  /** The head that is about to leave is to leave without this header. */
  withhold(header: string): void
}

/**
 * Those that carried a request, and may be kept in a pool: also answered ones, which nobody ever closes where the pool has
 * been dropped, so that they would keep it in memory.
 */
const used = new Set<WeakRef<Connection>>()

/**
 * Closes the pooled connections that nobody uses at the moment. What a pool keeps from one session is of no
 * use in the next: its live side may end at any time, also in the middle of a replay.
 * @remarks The newest first: a TLS socket in a tunnel never says that it is closed if what it runs through went before.
 */
export function closeIdleConnections(isBusy: (socket: object) => boolean): void {
  for (const ref of [...used].toReversed()) {
    const connection = ref.deref()
    if (!connection || connection.socket.destroyed) used.delete(ref)
    else if (!connection.isKept && !hasHttpClient(connection.socket) && !isBusy(connection.socket))
      connection.socket.destroy()
  }
}

interface Circumstances {
  readonly target: { host: string; port: number }
  readonly gate: Gate
  readonly expectedByUndici: boolean
  /** What the connection is to a program that speaks no HTTP on it. */
  readonly use: NonHttpUse
}

/**
 * Follows a connection from its opening.
 * @remarks A client that reads before it writes looks, to the interceptors, like one whose server speaks first,
 * and is connected for real. An HTTP client with a late body does the same: where no network is allowed its
 * connection is held until the request is known.
 */
export function followConnection(
  socket: Socket,
  control: SocketControl,
  { target, gate, expectedByUndici, use }: Circumstances,
): Connection {
  const responses = new ResponseQueue()
  let real: Socket | undefined
  let known = false
  let kept = false
  let withheld: string | undefined

  const passthrough = control.passthrough.bind(control)
  control.passthrough = (flush) => {
    if (!known && gate.active() && isUndecided(control)) {
      const isHttp = expectedByUndici || hasHttpClient(socket)
      const verdict = isHttp ? gate.connect({ ...target, protocol: 'http1' }) : (gate.nonHttp(use) ?? 'open')
      if (verdict instanceof Error) socket.destroy(verdict)
      // The interceptors do not use what an undecided connection returns.
      if (verdict !== 'open') return undefined as never
    }
    // Pipelined: it left with the request before it, and its response will come behind that one's.
    if (real && !isUndecided(control)) return real
    const server = passthrough(withheld === undefined ? flush : withoutHeader(withheld, flush))
    if (server !== real) listen((real = server))
    return server
  }

  function listen(server: Socket): void {
    // A copy: the client is given the same chunk and may change or detach it. Before it: it may answer at once.
    server.prependListener('data', (chunk: Buffer) => responses.write(Buffer.from(chunk)))
    server.on('end', () => {
      responses.end()
      // An idle socket in a pool is not reading: without this its client never hears that the server has left.
      socket.read(0)
    })
    // Before the interceptors hand it to the client.
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
  // Back in its agent's pool.
  socket.on('free', () => responses.clear())

  const connection: Connection = {
    socket,
    control,
    unix: use.kind === 'unix' ? { path: use.path, host: target.host } : undefined,
    responses,
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

/** Honours the client's backpressure: a client that does not read is not written to. */
export async function send({ socket }: Connection, bytes: Uint8Array, gone: AbortSignal): Promise<void> {
  if (gone.aborted || socket.destroyed) return
  if (!socket.write(bytes)) await once(socket, 'drain', { signal: gone }).catch(() => {})
}
