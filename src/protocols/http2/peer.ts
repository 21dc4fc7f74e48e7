import { AsyncLocalStorage } from 'node:async_hooks'
import http2, { type ClientHttp2Session, type ClientHttp2Stream, type ServerHttp2Session } from 'node:http2'
import type { Duplex } from 'node:stream'

import type { RawHeaders } from './headers.ts'
import type { Client, Serving } from './served.ts'
import { serveStream } from './stream.ts'

/** What a program asks of a session whose streams we answer. */
export interface Peer {
  /** Makes a request by `make`, and remembers whose it is. */
  track(
    make: () => ClientHttp2Stream,
    inContext?: Client['inContext'],
    decided?: Client['decided'],
  ): ClientHttp2Stream
  /** How many of its streams are open. */
  readonly open: number
}

/** Nothing that a client does is too much for a server that it does not know of. */
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

/** The one who answers this session's streams, if they are answered here. */
export const peerOf = (session: ClientHttp2Session): Peer | undefined => peers.get(session)

/** Has the requests of `session` answered by `peer`, which is at its other end. */
export const adopt = (session: ClientHttp2Session, peer: Peer): void => void peers.set(session, peer)

/**
 * Speaks for the server at the other end of `wire`.
 * @param start says when: what a server says before its client listens is lost
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
    const server: ServerHttp2Session = http2.performServerHandshake(wire, PATIENT)
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
