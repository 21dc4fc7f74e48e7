import { AsyncLocalStorage } from 'node:async_hooks'
import http2, { type ClientHttp2Session, type ClientHttp2Stream, type ServerHttp2Session } from 'node:http2'
import type { Duplex } from 'node:stream'

import type { RawHeaders } from './headers.ts'
import type { Client, Serving } from './served.ts'
import { unobserved } from '../internals/http-client/unobserved.ts'
import { serveStream } from './stream.ts'

/** The requests that a program makes on a session whose streams we answer. */
export interface Peer {
  /** Makes a request with `make`, and remembers its async context and who is told of its outcome. */
  track(
    make: () => ClientHttp2Stream,
    inContext?: Client['inContext'],
    decided?: Client['decided'],
  ): ClientHttp2Stream
  /** How many streams are open. */
  readonly open: number
}

/** Disables all server-side limits: the client must not notice our in-process server. */
const PATIENT: http2.ServerSessionOptions = {
  maxSessionMemory: 1024,
  maxHeaderListPairs: 100_000,
  maxSendHeaderBlockLength: 1 << 24,
  maxSessionInvalidFrames: 1e9,
  maxSessionRejectedStreams: 1e9,
  streamResetBurst: 1e9,
  streamResetRate: 1e9,
  strictSingleValueFields: false,
  unknownProtocolTimeout: 0,
}

const peers = new WeakMap<ClientHttp2Session, Peer>()

/** The peer that answers this session's streams. `undefined`: they are not answered here. */
export const peerOf = (session: ClientHttp2Session): Peer | undefined => peers.get(session)

/** Lets `peer`, which is at the other end of `session`, answer its requests. */
export const adopt = (session: ClientHttp2Session, peer: Peer): void => void peers.set(session, peer)

/**
 * Acts as the server at the other end of `wire`.
 * @param start calls `listen` when the client is ready: what a server sends before that is lost
 */
export function servePeer(
  wire: Duplex,
  serving: Serving,
  start: (listen: () => void) => void = (listen) => listen(),
): Peer {
  const clients = new Map<ClientHttp2Stream, Client>()
  const find = (id: number | undefined): Client => {
    for (const client of clients.values()) if (client.stream?.id === id) return client
    return { stream: undefined, inContext: (fn) => fn(), decided: () => {} }
  }
  wire.on('error', () => {})
  start(() => {
    const server: ServerHttp2Session = unobserved(() => http2.performServerHandshake(wire, PATIENT))
    server.on('error', () => {})
    server.on('stream', (stream, headers, _flags, ...rest: unknown[]) => {
      const raw = (rest[0] as RawHeaders | undefined) ?? []
      void serveStream(serving, find(stream.id), stream, headers, raw)
    })
  })
  return {
    track(make, inContext = AsyncLocalStorage.snapshot(), decided = () => {}) {
      const stream = make()
      clients.set(stream, { stream, inContext, decided })
      stream.once('close', () => clients.delete(stream))
      return stream
    },
    get open() {
      return clients.size
    },
  }
}
