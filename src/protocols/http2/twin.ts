import type { EventEmitter } from 'node:events'
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { duplexPair } from 'node:stream'

import { nextTurn } from '../../clock.ts'
import type { Gate } from '../../exchange/gate.ts'
import { core, nativeClose, nativeConnect } from './native.ts'
import { type Peer, servePeer } from './peer.ts'
import type { Client } from './served.ts'
import { isLostBy } from './watching/stream-failure.ts'
import { copyAuthority, holdOpen, showSession, socketOf } from '../internals/node-http2.ts'

/** A real session of the program. Its requests go through its twin while a cassette is open. */
interface Diverted {
  readonly twin: ClientHttp2Session
  readonly peer: Peer
  /** How many streams have no outcome yet. */
  undecided: number
  /** How many open streams were forwarded to the server. */
  forwarded: number
  /** The program has closed the session. The server is told after all streams have an outcome. */
  closing: boolean
  /** The error that ended the connection while streams had no outcome. */
  lost: Error | undefined
  readonly isLost: (error: unknown) => boolean
  /** Passes the held connection events on, once no stream is answered by us alone. */
  readonly releaseConnectionEvents: () => void
}

const diverted = new WeakMap<ClientHttp2Session, Diverted>()

/**
 * Makes a request on the twin of a real session. We are the server of the twin. A forwarded request goes out on the
 * real session. The real session stays unchanged: its events, pings and settings are the program's.
 */
export function answerOnTwin(
  session: ClientHttp2Session,
  gate: Gate,
  make: (twin: ClientHttp2Session) => ClientHttp2Stream,
  inContext: Client['inContext'] | undefined,
): ClientHttp2Stream {
  const entry = diverted.get(session) ?? twinOf(session, gate)
  const hold: { release?: () => void } = {}
  let isDecided = false
  const decided = (isForwarded: boolean): void => {
    // From here on the session waits for its own stream.
    if (isForwarded) hold.release?.()
    if (isDecided) return
    isDecided = true
    entry.undecided--
    if (isForwarded) {
      entry.forwarded++
      stream.once('close', () => entry.forwarded--)
    }
    if (entry.closing) lock(session, entry)
    entry.releaseConnectionEvents()
  }
  const stream = entry.peer.track(() => make(entry.twin), inContext, decided)
  entry.undecided++
  showSession(stream, session)
  hold.release = holdOpen(session, {
    destroy(error) {
      if (entry.isLost(error.cause)) {
        if (!isDecided) entry.lost = error
        return
      }
      // A closed stream ends by itself. If it is destroyed before its reset was sent, Node writes empty DATA frames
      // until memory runs out.
      if (!stream.closed) stream.destroy(error)
    },
    close: (code) => void (stream.closed || stream.close(code)),
  })
  stream.once('close', () => {
    hold.release?.()
    decided(false)
    end(session, entry)
    nextTurn(entry.releaseConnectionEvents)
  })
  return stream
}

function twinOf(session: ClientHttp2Session, gate: Gate): Diverted {
  const [near, far] = duplexPair()
  near.on('error', () => {})
  const twin = nativeConnect('http://twin.invalid', { createConnection: () => near })
  twin.on('error', () => {})
  copyAuthority(session, twin)
  const socket = socketOf(session)
  const isLost = isLostBy(socket)
  const entry: Diverted = {
    twin,
    undecided: 0,
    forwarded: 0,
    closing: false,
    lost: undefined,
    isLost,
    releaseConnectionEvents: holdConnectionEvents(
      [session, ...(socket ? [socket as Socket] : [])],
      () => entry.peer.open > 0 && entry.forwarded === 0,
    ),
    peer: servePeer(far, {
      gate,
      upstream() {
        if (entry.closing) Reflect.deleteProperty(session, 'closed')
        if (entry.lost) throw entry.lost
        return session
      },
      isLost,
      failConnection: (client, _error, streamError) => void client.destroy(streamError),
    }),
  }
  diverted.set(session, entry)
  session.once('close', () => end(session, entry))
  near.once('close', () => far.destroy())
  return entry
}

/** Closes the twin when its last stream has ended: by then the real session's events have been passed on. */
function end(session: ClientHttp2Session, { twin, peer }: Diverted): void {
  if (session.destroyed && peer.open === 0) twin.close()
}

/** Delays the closing of a session until all its streams have an outcome. */
export function closeInTime(): void {
  core.base.close = close
}

function close(this: ClientHttp2Session, callback?: () => void): void {
  const entry = diverted.get(this)
  if (!entry || entry.undecided === 0 || this.connecting || this.closed || this.destroyed)
    return Reflect.apply(nativeClose, this, [callback])
  if (typeof callback === 'function') this.once('close', callback)
  entry.closing = true
  lock(this, entry)
}

/** @remarks One turn after the last request: a `close` overtakes a request that was made just before it. */
function lock(session: ClientHttp2Session, entry: Diverted): void {
  Object.defineProperty(session, 'closed', { value: true, configurable: true })
  if (entry.undecided > 0) return
  nextTurn(() => {
    if (!entry.closing || entry.undecided > 0) return
    entry.closing = false
    Reflect.deleteProperty(session, 'closed')
    Reflect.apply(nativeClose, session, [])
  })
}

/**
 * The events of a session and its socket when the connection ends. Clients react to them by giving up or retrying open
 * requests.
 */
const NEWS: ReadonlySet<unknown> = new Set(['goaway', 'end', 'error', 'close'])

/**
 * Holds back the events that end a connection while `isBusy`.
 * @returns passes the held events on, until it is busy again
 */
function holdConnectionEvents(emitters: readonly EventEmitter[], isBusy: () => boolean): () => void {
  const kept: (() => void)[] = []
  for (const emitter of emitters) {
    const emit: EventEmitter['emit'] = emitter.emit.bind(emitter)
    emitter.emit = (...args) => {
      const tell = (): boolean => emit(...args)
      if (!NEWS.has(args[0]) || !isBusy()) return tell()
      kept.push(tell)
      return true
    }
  }
  return () => {
    while (kept.length > 0 && !isBusy()) kept.shift()?.()
  }
}
