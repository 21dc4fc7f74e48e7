import type { ClientHttp2Session, ClientSessionOptions, SecureClientSessionOptions } from 'node:http2'
import { isIP, type Socket } from 'node:net'
import { type Duplex, duplexPair } from 'node:stream'
import { MessageChannel } from 'node:worker_threads'

import { nextTurn } from '../../clock.ts'
import type { Gate } from '../../exchange/gate.ts'
import { connectForReal, core } from './native.ts'
import { adopt, servePeer } from './peer.ts'
import type { Serving } from './served.ts'
import { dressAsTls } from '../internals/node-http2.ts'

export interface Place {
  readonly host: string
  readonly port: number
  readonly secure: boolean
}

/** How to connect to the server, when that becomes necessary. */
export interface Dial {
  readonly authority: string | URL
  readonly options: ClientSessionOptions | SecureClientSessionOptions
}

/** A connection that ends in this process instead of at a server. */
export interface Facade {
  /** The socket to open a session over. */
  readonly socket: Socket
  /** Call it once, with the session that was opened over it, before its first request. */
  attach(session: ClientHttp2Session): void
}

/**
 * Stands in for a server that must not be connected to before a request needs it. A session over the facade connects
 * at once. Forwarded requests go out on a session of ours, which is opened for the first of them.
 * @param own the program's own connection, if any; it and the session are closed together
 */
export function openFacade(gate: Gate, place: Place, dial: () => Dial, own?: Duplex): Facade {
  const [near, far] = duplexPair()
  const Wrap = core.wrap
  const socket = new Wrap(near)
  const address = remoteAddressOf(place, own)
  Reflect.set(socket, 'connecting', true)
  for (const [name, value] of Object.entries({
    remoteAddress: address,
    remotePort: place.port,
    remoteFamily: isIP(address) === 6 ? 'IPv6' : 'IPv4',
  }))
    Object.defineProperty(socket, name, { value, configurable: true, writable: true })
  if (place.secure) dressAsTls(socket, isIP(place.host) ? false : place.host, true)
  const hold = holdProcess(socket)

  /** @returns false if the program has destroyed the socket */
  const connect = (): boolean => {
    if (socket.destroyed) return false
    Reflect.set(socket, 'connecting', false)
    if (place.secure) Reflect.set(socket, 'secureConnecting', false)
    socket.emit('connect')
    socket.emit('ready')
    if (place.secure) socket.emit('secureConnect')
    return true
  }
  const upstream = upstreamOf(dial)
  const serving: Serving = {
    gate,
    upstream: () => upstream.get(),
    isLost: () => true,
    failConnection(client, error, streamError) {
      const { session } = client
      const isAlone = peer.open <= 1
      client.destroy(streamError)
      if (isAlone) session?.destroy(error)
      // The other streams of this session did not fail.
      else session?.close()
    },
  }
  const peer = servePeer(far, serving, (listen) => nextTurn(() => connect() && listen()))
  own?.once('close', () => socket.destroy())
  // The `close` of the socket, not of the session: gRPC removes all listeners from the session.
  socket.once('close', () => {
    hold.end()
    far.destroy()
    upstream.end()
    own?.destroy()
  })
  far.once('end', () => nextTurn(() => far.destroy()))
  // A session that is closed before it connects waits for an `end` that never comes.
  socket.once('finish', () => nextTurn(() => void (socket.destroyed || socket.destroy())))
  return { socket, attach: (session) => adopt(session, peer) }
}

/** Keeps the process alive, as a socket does unless it was told not to. A stream in JavaScript does not. */
function holdProcess(socket: Socket): { end(): void } {
  const { port1: handle } = new MessageChannel()
  handle.ref()
  for (const name of ['ref', 'unref'] as const) {
    Reflect.set(socket, name, () => {
      handle[name]()
      return socket
    })
  }
  return { end: () => handle.close() }
}

/** The session to the real server. It is opened when it is first needed, and again if it has ended. */
function upstreamOf(dial: () => Dial): { get(): ClientHttp2Session; end(): void } {
  let session: ClientHttp2Session | undefined
  return {
    get() {
      if (session && !session.closed && !session.destroyed) return session
      const { authority, options } = dial()
      session = connectForReal(authority, {
        ...options,
        settings: { ...options.settings, enablePush: false },
      })
      // Only the program's own session keeps the process alive.
      session.unref()
      return session
    },
    end: () => session?.close(),
  }
}

const remoteAddressOf = ({ host }: Place, own: Duplex | undefined): string => {
  const address: unknown = own && Reflect.get(own, 'remoteAddress')
  if (typeof address === 'string') return address
  return isIP(host) ? host : '127.0.0.1'
}
