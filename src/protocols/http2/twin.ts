import type { EventEmitter } from 'node:events'
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { duplexPair } from 'node:stream'

import { nextTurn } from '../../clock.ts'
import type { Gate } from '../../exchange/gate.ts'
import { core, nativeClose, nativeConnect } from './native.ts'
import { type Peer, servePeer } from './peer.ts'
import type { Client } from './served.ts'
import { copyAuthority, holdOpen, showSession, socketOf } from '../internals/node-http2.ts'

/** A real session of the program's, whose requests come by here while a cassette is open. */
interface Diverted {
  readonly twin: ClientHttp2Session
  readonly peer: Peer
  /** Streams of which it is not known yet whether they go to the server. */
  undecided: number
  /** Streams that its server has been sent. */
  forwarded: number
  /** The program has closed it; its server must not hear of it before those streams are decided. */
  closing: boolean
  /** What became of its connection, for streams that were undecided then. */
  lost: Error | undefined
  readonly isLost: (error: unknown) => boolean
  /** Tells the program what has become of the connection, once none of its streams is answered by us alone. */
  readonly releaseConnectionEvents: () => void
}

const diverted = new WeakMap<ClientHttp2Session, Diverted>()

/**
 * Makes a request of a real session where it can be answered otherwise: on a twin of the session, whose other end is
 * ours. What is forwarded goes out on the real one, which stays as it is: its events, pings and settings are the program's.
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
    // From here on it is the session's own stream that it waits for.
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
      // Closed, it ends by itself.
      // @remarks Destroyed before its reset has gone out, it makes Node write empty DATA frames until memory is gone.
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
  const isLost = (error: unknown): boolean =>
    error instanceof Error &&
    (Reflect.get(socket ?? {}, 'errored') === error ||
      String(Reflect.get(error, 'code')).startsWith('ERR_HTTP2_'))
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

/** A twin ends when its streams have: what the real one had to say has been passed on to them. */
function end(session: ClientHttp2Session, { twin, peer }: Diverted): void {
  if (session.destroyed && peer.open === 0) twin.close()
}

/** Lets a session close only when it is known of all its streams whether they need its server. */
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

/** @remarks One turn after the last request: what closes a session overtakes what has just been asked of it. */
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

/** What a session and its socket say when their connection ends: clients give up, or retry, whatever is open then. */
const NEWS: ReadonlySet<unknown> = new Set(['goaway', 'end', 'error', 'close'])

/**
 * Keeps the end of a connection from whoever listens to it while `isBusy`.
 * @returns passes on what has been kept, unless it is still busy
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
