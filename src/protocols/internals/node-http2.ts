/**
 * Everything that relies on undocumented details of Node's HTTP/2 is in this file.
 * `test/protocols/internals/node-http2.test.ts` fails by name when one of them changes.
 */
import type { ClientHttp2Session, ClientHttp2Stream, connect } from 'node:http2'
import type { Socket } from 'node:net'
import { dirname } from 'node:path'
import { type Duplex, duplexPair } from 'node:stream'
import tls from 'node:tls'

import { nextTurn } from '../../clock.ts'
import { calledFrom } from './called-from.ts'
import type { SocketControl } from './interceptors.ts'
import { ownSymbol } from './symbols.ts'

type Wrap = new (stream: Duplex) => Socket

/** The parts of Node's HTTP/2 that we need and that its API does not export. */
export interface Core {
  /** The class of a socket on top of a stream in JavaScript. */
  readonly wrap: Wrap
  /** The prototype of every client session. It has `request`. */
  readonly prototype: { request: ClientHttp2Session['request'] }
  /** The prototype of every session. It has `close`. */
  readonly base: { close: ClientHttp2Session['close'] }
}

const symbolOf = (object: object, name: string): symbol | undefined => {
  for (let one: object | null = object; one !== null; one = Reflect.getPrototypeOf(one)) {
    const found = ownSymbol(one, name)
    if (found) return found
  }
  return undefined
}

const read = (object: object, name: string): unknown => {
  const symbol = symbolOf(object, name)
  return symbol && Reflect.get(object, symbol)
}

/** @throws Error if this version of Node is built differently */
export function findCore(open: typeof connect): Core {
  const [near] = duplexPair()
  const probe = open('http://probe.invalid', { createConnection: () => near })
  probe.on('error', () => {})
  try {
    const socket = read(probe, 'socket')
    const prototype = Reflect.getPrototypeOf(probe)
    const base = prototype && Reflect.getPrototypeOf(prototype)
    if (typeof socket !== 'object' || socket === null || !prototype || !base)
      throw new Error('no HTTP/2 core')
    return {
      wrap: socket.constructor as Wrap,
      prototype: prototype as Core['prototype'],
      base: base as Core['base'],
    }
  } finally {
    probe.destroy()
  }
}

/** The socket under a session, as its creator handed it over. */
export const socketOf = (session: ClientHttp2Session): object | undefined => {
  const socket = read(session, 'socket')
  return typeof socket === 'object' && socket !== null ? socket : undefined
}

/** Gives `to` the scheme and authority that `from` uses for requests that name none. */
export function copyAuthority(from: ClientHttp2Session, to: ClientHttp2Session): void {
  for (const name of ['authority', 'protocol']) {
    const symbol = symbolOf(from, name)
    if (symbol) Reflect.set(to, symbol, Reflect.get(from, symbol))
  }
}

/** The authority of a session's requests that name none. */
export const authorityOf = (session: ClientHttp2Session): string | undefined => {
  const authority = read(session, 'authority')
  return typeof authority === 'string' ? authority : undefined
}

/** A request that a session does not have on its own wire, but has to wait for before it closes. */
export interface PendingStream {
  /** The session has been destroyed. */
  destroy(error: Error): void
  /** The session's connection has gone. */
  close(code: number): void
}

/** @remarks Node's internal sets are no instances of `Set`. */
const isSet = (value: unknown): value is Set<unknown> =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, 'add') === 'function'

/**
 * Makes the session wait for `stream` before it closes.
 * @returns ends the wait
 */
export function holdOpen(session: ClientHttp2Session, stream: PendingStream): () => void {
  const state = read(session, 'state')
  const pending: unknown =
    typeof state === 'object' && state !== null ? Reflect.get(state, 'pendingStreams') : undefined
  if (!isSet(pending)) return () => {}
  pending.add(stream)
  return () => {
    if (!pending.delete(stream) || session.destroyed) return
    const finish = read(session, 'kMaybeDestroy')
    if (typeof finish === 'function') nextTurn(() => Reflect.apply(finish, session, []) as void)
  }
}

/** Whether Node's HTTP/2 core is the caller, also through a reference that was taken before any patch. */
export const isCalledByHttp2 = (): boolean =>
  calledFrom((frames) => frames.some((frame) => frame.includes('node:internal/http2/core')), 12)

/** The folder of all protocols: stack frames in it are ours. */
const OURS = dirname(import.meta.dirname)

/** Whether Node's own sockets are the caller. Call it in the function that replaces `dns.lookup`. */
export const isCalledByNet = (): boolean =>
  calledFrom((frames) => {
    const caller = frames.find((frame) => !frame.includes(OURS) && !frame.includes('<anonymous>'))
    return caller?.includes('node:net:') === true
  }, 11)

let secureLike: object | undefined

const nothing = (): undefined => undefined

/** Makes a wrapped stream look like a TLS socket, to `instanceof tls.TLSSocket` and to Node's HTTP/2. */
export function dressAsTls(socket: Socket, servername: string | false, authorized: boolean): void {
  secureLike ??= Object.create(
    tls.TLSSocket.prototype,
    Object.getOwnPropertyDescriptors(Reflect.getPrototypeOf(socket) ?? {}),
  ) as object
  Object.setPrototypeOf(socket, secureLike)
  const own = {
    encrypted: true,
    secureConnecting: true,
    authorized,
    authorizationError: null,
    alpnProtocol: 'h2',
    servername,
    getPeerCertificate: () => ({}),
    getCertificate: () => null,
    getCipher: () => ({
      name: 'TLS_AES_256_GCM_SHA384',
      standardName: 'TLS_AES_256_GCM_SHA384',
      version: 'TLSv1.3',
    }),
    getProtocol: () => 'TLSv1.3',
    getEphemeralKeyInfo: () => ({}),
    getSharedSigalgs: () => [],
    getSession: nothing,
    getFinished: nothing,
    getPeerFinished: nothing,
    getTLSTicket: nothing,
    getPeerX509Certificate: nothing,
    getX509Certificate: nothing,
    isSessionReused: () => false,
    disableRenegotiation: nothing,
  }
  for (const [name, value] of Object.entries(own))
    Object.defineProperty(socket, name, { value, configurable: true, writable: true, enumerable: false })
}

/** Makes `stream.session` return `session` instead of the session that carries the stream. */
export function showSession(stream: ClientHttp2Stream, session: ClientHttp2Session): void {
  Object.defineProperty(stream, 'session', {
    get: () => (stream.destroyed ? undefined : session),
    configurable: true,
  })
}

/** The program's socket of an intercepted connection. */
export const clientSocketOf = (control: SocketControl): Socket | undefined => {
  const socket: unknown = Reflect.get(control, 'socket')
  return socket instanceof Object ? (socket as Socket) : undefined
}

/** The options with which a TLS socket was made. */
export const tlsOptionsOf = (socket: Socket): object => {
  const options = read(socket, 'connect-options')
  return typeof options === 'object' && options !== null ? options : {}
}

/** The protocols that a TLS client offers, in its order (ALPN, RFC 7301). */
export function offeredProtocols(options: object): string[] {
  const offered: unknown = Reflect.get(options, 'ALPNProtocols')
  if (Array.isArray(offered)) return offered.map(String)
  const names: string[] = []
  if (!ArrayBuffer.isView(offered)) return names
  // One byte before each name holds its length.
  const bytes = Buffer.from(offered.buffer, offered.byteOffset, offered.byteLength)
  for (let at = 0; at < bytes.length; at += 1 + bytes.readUInt8(at))
    names.push(bytes.toString('latin1', at + 1, at + 1 + bytes.readUInt8(at)))
  return names
}

/** Makes a TLS client believe that the server's certificate is valid and that the server has chosen HTTP/2. */
export function negotiateH2(control: SocketControl): void {
  const socket = clientSocketOf(control)
  if (!socket) return
  const chosen = (): void => {
    Object.assign(socket, { authorized: true, authorizationError: null, alpnProtocol: 'h2' })
  }
  const handle: unknown = Reflect.get(socket, '_handle')
  if (typeof handle === 'object' && handle !== null)
    Object.defineProperty(handle, 'getALPNNegotiatedProtocol', { get: () => () => 'h2', set: () => {} })
  // Before the claim: the interceptors prepend a listener that sets `authorized` to false. It must run before this one.
  socket.prependOnceListener('secureConnect', chosen)
  control.claim()
  Reflect.set(socket, 'alpnProtocol', 'h2')
}

/**
 * @remarks A socket that was let through after its handle was taken over emits `close` twice, and its session would
 * too.
 */
export function closeOnce(socket: Socket): void {
  const emit = socket.emit.bind(socket) as (...args: unknown[]) => boolean
  let isClosed = false
  Reflect.set(socket, 'emit', (...args: unknown[]): boolean => {
    if (args[0] !== 'close') return emit(...args)
    if (isClosed) return false
    isClosed = true
    return emit(...args)
  })
}
