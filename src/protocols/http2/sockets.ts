import net, { type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'

import { nextTurn } from '../../clock.ts'
import type { Gate } from '../../exchange/gate.ts'
import { namedHost } from '../non-http/dns.ts'
import type { Connection } from '../connection/connection.ts'
import {
  clientSocketOf,
  closeOnce,
  negotiateH2,
  offeredProtocols,
  tlsOptionsOf,
} from '../internals/node-http2.ts'
import { replaceOwn } from '../internals/replace-own.ts'
import { bypassInterceptors, isUndecided } from '../internals/interceptors.ts'
import { isIntercepted } from '../internals/symbols.ts'

export interface SocketOptions {
  readonly host?: string | null
  readonly port?: string | number | null
}

interface Entry {
  readonly connection: Connection
  readonly options: SocketOptions
  /** True if no server is connected: the client only believes that one has chosen HTTP/2. */
  pretended: boolean
}

/** The arguments of each socket's `connect`, until `followForHttp2` gets the socket. */
const dialled = new WeakMap<object, unknown[]>()
/** Sockets that were replaced by others. */
const replaced = new WeakSet<object>()

/** Call it with every socket that connects, and the arguments of its `connect`. */
export function rememberDial(socket: Socket, args: unknown[]): void {
  // `net.connect` and `tls.connect` call it with one list of normalized arguments.
  dialled.set(socket, Array.isArray(args[0]) ? (args[0] as unknown[]) : args)
}

/** Intercepted sockets that a program may pass to Node's HTTP/2. The key is the object that the program has. */
const entries = new WeakMap<object, Entry>()

/**
 * Follows a connection that may become HTTP/2. If the client offers only HTTP/2, the connection is let through, or
 * pretended if the program may not connect: Node's HTTP/2 reads and writes below the socket that the interceptors
 * watch.
 */
export function followForHttp2(
  connection: Connection,
  target: { readonly host: string; readonly port: number },
  options: SocketOptions,
  gate: Gate,
): void {
  const { control } = connection
  const socket = clientSocketOf(control)
  if (!socket) return
  const entry: Entry = { connection, options, pretended: false }
  entries.set(socket, entry)
  dialled.delete(socket)
  if (replaced.has(socket) || !(socket instanceof tls.TLSSocket)) return
  const offered = offeredProtocols(options)
  const server = { host: namedHost(target.host), port: target.port }
  if (!offered.includes('h2')) return
  const isHeld = gate.active() && gate.connect({ ...server, protocol: 'http2' }) === 'hold'
  const isOnly = !offered.includes('http/1.1')
  if (isHeld) {
    if (!isOnly && gate.negotiated(server) !== 'h2') return
    entry.pretended = true
    negotiateH2(control)
  } else if (isOnly) letThrough(entry)
  else if (!gate.active()) negotiate(entry, socket)
  else keepIfHttp2(entry, socket)
}

function letThrough({ connection }: Entry): Socket {
  connection.known()
  connection.keep()
  const socket = clientSocketOf(connection.control)
  if (socket) closeOnce(socket)
  const guard = connection.control.passthrough()
  // HTTP/2 listens itself: what its listeners throw is the program's.
  const server = connection.control.live ?? guard
  // The interceptors keep one side open. Node's HTTP/2 must see that its server has closed the connection:
  // `test/e2e/grpc.test.ts`, "a server that dies".
  server.allowHalfOpen = socket?.allowHalfOpen ?? false
  return server
}

/** Lets the server choose. HTTP/1 requests are intercepted nevertheless: a cassette may be open by then. */
function negotiate({ connection }: Entry, socket: tls.TLSSocket): void {
  const { control } = connection
  connection.known()
  socket.prependOnceListener('secureConnect', () => {
    if (socket.alpnProtocol !== 'h2') return control.reset()
    connection.keep()
    closeOnce(socket)
  })
  control.passthrough()
}

/** Its server chooses; of HTTP/2 the bytes are its own. */
function keepIfHttp2({ connection }: Entry, socket: tls.TLSSocket): void {
  const { control } = connection
  control.dial()
  socket.prependOnceListener('secureConnect', () => {
    if (socket.alpnProtocol !== 'h2' || !isUndecided(control)) return
    connection.known()
    connection.keep()
    control.passthrough()
  })
}

/** The connection to the server that replaces a socket which the program connected itself. */
export function toServer(own: Duplex): Duplex {
  // From here on the session reports errors.
  own.on('error', () => {})
  const entry = entries.get(own)
  const args = dialled.get(own)
  // The program passed it on in the tick in which it was made: it has not been intercepted yet.
  if (args && own instanceof net.Socket && isIntercepted(own)) return replace(own, args)
  if (!entry) return own
  if (entry.pretended || own.destroyed) return dialAgain(own, entry)
  if (!isUndecided(entry.connection.control)) return own
  const server = letThrough(entry)
  endTogether(own, server)
  return server
}

/**
 * Lets the session over the server's socket end as if the program's own socket were under it: the program may destroy its
 * own, and hears of its end after the session.
 */
function endTogether(own: Duplex, server: Duplex): void {
  let isTold = false
  const tellClose = (emit: (...args: unknown[]) => unknown, args: unknown[]): void => {
    if (isTold) return
    isTold = true
    emit('close', ...args)
  }
  // After an error Node tells of the streams first, otherwise of the socket.
  const later = (task: () => void): void => (server.errored ? nextTurn(task) : process.nextTick(task))
  const afterServer = (task: () => void): void =>
    server.closed ? later(task) : void server.once('close', () => later(task))
  replaceOwn(own, 'emit', (emit) => {
    server.once('close', (...args: unknown[]) => {
      if (own.destroyed && !server.errored) tellClose(emit, args)
    })
    return (...args) => {
      if (args[0] !== 'close') return emit(...args)
      afterServer(() => tellClose(emit, args.slice(1)))
      return true
    }
  })
  replaceOwn(own, 'destroy', (destroy) => (...args) => {
    if (server.destroyed || !args[0]) {
      server.destroy()
      return destroy(...args)
    }
    afterServer(() => destroy(...args))
    server.destroy(args[0] as Error)
    return own
  })
  server.once('close', () => later(() => own.destroy()))
}

function replace(own: Socket, args: unknown[]): Socket {
  replaced.add(own)
  const options = args.filter((arg) => typeof arg !== 'function') as [net.TcpNetConnectOpts]
  const server = bypassInterceptors(() =>
    own instanceof tls.TLSSocket
      ? tls.connect({ ...options[0], ...tlsOptionsOf(own) })
      : net.connect(...options),
  )
  server.once('close', () => own.destroy())
  own.once('close', () => server.destroy())
  return server
}

function dialAgain(own: Duplex, { options }: Entry): Duplex {
  if (own instanceof tls.TLSSocket)
    return bypassInterceptors(() =>
      tls.connect({ ...(options as tls.ConnectionOptions), ALPNProtocols: ['h2'] }),
    )
  return bypassInterceptors(() => net.connect(options as net.TcpNetConnectOpts))
}
