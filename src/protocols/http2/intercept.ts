import { subscribe } from 'node:diagnostics_channel'
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  ClientSessionOptions,
  IncomingHttpHeaders,
  SecureClientSessionOptions,
} from 'node:http2'
import http2 from 'node:http2'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import { promisify } from 'node:util'

import { nextMicrotask } from '../../clock.ts'
import type { Gate } from '../../exchange/gate.ts'
import { dialledHost, namedHost } from '../non-http/dns.ts'
import { answerOnTwin, closeInTime } from './twin.ts'
import { type Facade, openFacade, type Place } from './facade.ts'
import { ask, core, isAsking, isDialling, isOurs, nativeConnect, nativeRequest } from './native.ts'
import { requestHead } from './headers.ts'
import { peerOf } from './peer.ts'
import { watchStream } from './watching/watch.ts'
import { rememberDial, toServer } from './sockets.ts'
import { isCalledByHttp2, socketOf } from '../internals/node-http2.ts'
import { bypassInterceptors } from '../internals/interceptors.ts'
import type { UndiciRequests } from '../undici/requests.ts'

type Options = ClientSessionOptions | SecureClientSessionOptions
type Connect = (authority: string | URL, options?: unknown, listener?: unknown) => ClientHttp2Session

/**
 * Answers every HTTP/2 stream of this process, on new sessions and on those that exist. A session stays the program's
 * own, connected to its server. Only if the program may not connect yet, it gets a {@link openFacade facade}.
 */
export function interceptHttp2(gate: Gate, undici: UndiciRequests): void {
  followRequests(gate, undici)
  stopUnseen(gate)
  closeInTime()
  patchConnect(gate)
  catchEarlyReferences(gate)
  bypassSocketLayer()
  syncBuiltinESMExports()
}

/** Decides for each request who answers it: sessions are pooled and outlive cassettes. */
function followRequests(gate: Gate, undici: UndiciRequests): void {
  core.prototype.request = function request(
    this: ClientHttp2Session,
    ...args: Parameters<ClientHttp2Session['request']>
  ): ClientHttp2Stream {
    const make = (session: ClientHttp2Session): ClientHttp2Stream =>
      ask(() => Reflect.apply(nativeRequest, session, args))
    const socket = isOurs(this) ? undefined : undiciSocket(this)
    const carried = socket && undici.take(socket)
    if (carried?.forwarded) carried.forwarded.isHttp2 = true
    if (isOurs(this) || carried?.forwarded) return make(this)
    const inContext = carried?.inContext
    early.get(socketOf(this) ?? this)?.attach(this)
    const peer = peerOf(this)
    if (peer) return peer.track(() => make(this), inContext)
    const here = inContext ?? ((fn) => fn())
    if (!here(() => gate.active()) || this.destroyed || this.closed || isTunnel(args[0])) return make(this)
    if (here(() => gate.forwards(methodOf(args[0])))) {
      const stream = make(this)
      here(() => watchStream(stream, this, args[0], gate))
      return stream
    }
    return answerOnTwin(this, gate, make, inContext)
  }
}

/** Stops the requests of clients that keep `request` from before the patch, and names them in the error. */
function stopUnseen(gate: Gate): void {
  subscribe('http2.client.stream.created', (message) => {
    if (isAsking() || !gate.active()) return
    const { stream } = message as { stream: ClientHttp2Stream }
    // A pushed stream has an even number (RFC 9113, section 5.1.1). The client did not request it.
    if (stream.id !== undefined && stream.id % 2 === 0) return
    const headers = stream.sentHeaders as IncomingHttpHeaders | undefined
    const error = gate.unseen(requestHead(headers ?? {}, []))
    // One microtask later: the caller must be able to add its listeners first.
    if (error) nextMicrotask(() => void stream.destroy(error))
  })
}

/** The facades under sessions that were not opened by the patched `connect`. */
const early = new WeakMap<object, Facade>()

/** The connections that the program made itself, by the session over them. */
const sockets = new WeakMap<ClientHttp2Session, Duplex>()
const undiciSocket = (session: ClientHttp2Session): object | undefined =>
  sockets.get(session) ?? socketOf(session)

/** The method that a program gives to `request`, in an object or a flat list. */
function methodOf(headers: unknown): string {
  if (typeof headers !== 'object' || headers === null) return 'GET'
  const method: unknown = Array.isArray(headers)
    ? headers[headers.indexOf(':method') + 1 || headers.length]
    : Reflect.get(headers, ':method')
  return typeof method === 'string' ? method : 'GET'
}

const isTunnel = (headers: unknown): boolean =>
  typeof headers === 'object' && headers !== null && Reflect.get(headers, ':method') === 'CONNECT'

function patchConnect(gate: Gate): void {
  const connect = function connect(
    authority: string | URL,
    given?: unknown,
    listener?: unknown,
  ): ClientHttp2Session {
    const isListener = typeof given === 'function'
    const options = { ...(isListener ? {} : (given as Options | undefined)) }
    const args = [isListener ? given : listener] as [never]
    const place = placeOf(authority, options)
    // Invalid arguments: Node throws its own error.
    if (!place || (typeof given !== 'object' && given !== undefined && !isListener))
      return nativeConnect(authority, given as Options, ...args)
    const own = options.createConnection?.(place.url, options)
    const direct = own ? { ...options, createConnection: () => toServer(own) } : options
    if (!isHeld(gate, place)) {
      const session = nativeConnect(authority, direct, ...args)
      if (own) sockets.set(session, own)
      return session
    }
    const facade = openFacade(gate, place, () => ({ authority, options: direct }), own)
    try {
      const session = nativeConnect(authority, { ...options, createConnection: () => facade.socket }, ...args)
      if (own) sockets.set(session, own)
      facade.attach(session)
      return session
    } catch (error) {
      facade.socket.destroy()
      throw error
    }
  }
  Object.defineProperty(connect, promisify.custom, {
    value: (authority: string | URL, options?: Options) => promised(connect, authority, options),
  })
  Reflect.set(http2, 'connect', connect)
}

const promised = (
  connect: Connect,
  authority: string | URL,
  options: Options | undefined,
): Promise<ClientHttp2Session> =>
  new Promise((resolve, reject) => {
    const session = connect(authority, options, () => {
      session.removeListener('error', reject)
      resolve(session)
    })
    session.once('error', reject)
  })

const isHeld = (gate: Gate, { host, port }: Place): boolean =>
  gate.active() && gate.connect({ host: namedHost(host), port, protocol: 'http2' }) === 'hold'

/** The target of a session, as Node reads it. `undefined`: Node will refuse it. */
function placeOf(authority: unknown, options: Options): (Place & { readonly url: URL }) | undefined {
  const url = typeof authority === 'string' ? URL.parse(authority) : authority
  if (typeof url !== 'object' || url === null) return undefined
  const { protocol, hostname, host, port } = url as Partial<URL>
  const scheme = protocol || options.protocol || 'https:'
  const secure = scheme === 'https:'
  if (!secure && scheme !== 'http:' && !options.createConnection) return undefined
  return {
    url: url as URL,
    host: (hostname || host || 'localhost').replace(/^\[(.*)\]$/, '$1'),
    port: Number(port) || (protocol === 'http:' ? 80 : 443),
    secure,
  }
}

/**
 * Covers references to `http2.connect` that were taken before this process was patched. Node's core connects through
 * `net.connect` and `tls.connect` then.
 */
function catchEarlyReferences(gate: Gate): void {
  const late = (place: Place, dial: () => Duplex): net.Socket => {
    const scheme = place.secure ? 'https' : 'http'
    const authority = `${scheme}://${net.isIPv6(place.host) ? `[${place.host}]` : place.host}:${place.port}`
    const facade = openFacade(gate, place, () => ({ authority, options: { createConnection: dial } }))
    early.set(facade.socket, facade)
    return facade.socket
  }
  const { connect } = net
  const patched = function (this: unknown, ...args: unknown[]): net.Socket {
    const [options] = args as [net.TcpNetConnectOpts]
    if (typeof options === 'object' && !isDialling() && isCalledByHttp2()) {
      const place = { host: options.host ?? 'localhost', port: options.port, secure: false }
      if (isHeld(gate, place))
        return late(place, () => bypassInterceptors(() => Reflect.apply(connect, net, args) as net.Socket))
    }
    return Reflect.apply(connect, this, args) as net.Socket
  }
  Reflect.set(net, 'connect', patched)

  const { connect: secureConnect } = tls
  Reflect.set(tls, 'connect', function (this: unknown, ...args: unknown[]): tls.TLSSocket {
    const [port, host] = args
    if (typeof host === 'string' && !isDialling() && isCalledByHttp2()) {
      const place = { host, port: Number(port), secure: true }
      if (isHeld(gate, place))
        return late(place, () =>
          bypassInterceptors(() => Reflect.apply(secureConnect, tls, args) as tls.TLSSocket),
        ) as tls.TLSSocket
    }
    return Reflect.apply(secureConnect, this, args) as tls.TLSSocket
  })
}

/** Replaces a made-up address that the program has kept by its host. The list of arguments stays the same object. */
function toTrueHost(args: unknown[]): unknown[] {
  const isList = Array.isArray(args[0])
  const list = isList ? (args[0] as unknown[]) : args
  const [options] = list
  const host: unknown = options instanceof Object ? Reflect.get(options, 'host') : undefined
  if (typeof host !== 'string' || dialledHost(host) === host) return args
  list[0] = { ...(options as object), host: dialledHost(host) }
  return args
}

/**
 * Keeps the connections that Node's HTTP/2 makes itself out of the socket layer, where they would hang: HTTP/2 reads
 * and writes below the socket that the interceptors watch. Applied after the interceptors, whose patch of `connect` it
 * wraps.
 */
function bypassSocketLayer(): void {
  const connect: unknown = Reflect.get(net.Socket.prototype, 'connect')
  if (typeof connect !== 'function') return
  const guarded = function (this: net.Socket, ...given: unknown[]): net.Socket {
    const args = toTrueHost(given)
    const run = (): net.Socket => Reflect.apply(connect, this, args) as net.Socket
    if (isCalledByHttp2()) return bypassInterceptors(run)
    rememberDial(this, args)
    return run()
  }
  Reflect.set(net.Socket.prototype, 'connect', guarded)
}
