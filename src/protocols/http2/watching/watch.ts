import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'

import { toError } from '../../../base/to-error.ts'
import type { Gate, Tap } from '../../../exchange/gate.ts'
import { socketOf } from '../../internals/node-http2.ts'
import { replaceOwn } from '../../internals/replace-own.ts'
import { pairsOfRaw, type RawHeaders, rawOf } from '../headers.ts'
import { sentRequest } from './sent-request.ts'
import { failureOfStream, isLostBy } from './stream-failure.ts'

/**
 * Records a stream that goes to its server whatever it asks. It stays the program's own, on the program's own session:
 * nothing is sent, read or delayed by us.
 * @param given what the program gave to `request`
 */
export function watchStream(
  stream: ClientHttp2Stream,
  session: ClientHttp2Session,
  given: unknown,
  gate: Gate,
): void {
  const tap = laterTap()
  const request = sentRequest(stream, session, given)
  hear(stream, session, tap.tell)
  gate.answer(request).then(
    (outcome) => {
      if (outcome.kind === 'forward') return tap.found(outcome.tap)
      tap.found(undefined)
      // The cassette was closed meanwhile.
      if (!stream.destroyed)
        stream.destroy(
          outcome.kind === 'refuse' ? outcome.error : new Error('the request was sent too early'),
        )
    },
    (error: unknown) => void (stream.destroyed || stream.destroy(toError(error))),
  )
}

type Tell = (call: (tap: Tap) => void) => void

/** Keeps what is to be told until it is known to whom. */
function laterTap(): { readonly tell: Tell; found(tap: Tap | undefined): void } {
  let waiting: ((tap: Tap) => void)[] | undefined = []
  let known: Tap | undefined
  return {
    tell(call) {
      if (waiting) waiting.push(call)
      else if (known) call(known)
    },
    found(tap) {
      known = tap
      if (tap) for (const call of waiting ?? []) call(tap)
      waiting = undefined
    },
  }
}

/** Reports how a stream goes on and how it ends. Adds no listener to it. */
function hear(stream: ClientHttp2Stream, session: ClientHttp2Session, tell: Tell): void {
  const socket = socketOf(session)
  const isLost = isLostBy(socket)
  let hasHead = false
  let hasEnded = false
  let isOver = false
  let early: Buffer[] = []
  let trailers: RawHeaders = []
  let error: Error | undefined
  const over = (call: (tap: Tap) => void): void => {
    if (!isOver) tell(call)
    isOver = true
  }
  const heard: Readonly<Record<string, (...args: never[]) => void>> = {
    headers(headers: IncomingHttpHeaders, _flags: unknown, ...rest: unknown[]) {
      const status = Number(headers[':status'])
      if (status !== 100) tell((tap) => tap.informational({ status, headers: pairsOfRaw(rawOf(rest)) }))
    },
    response(headers: IncomingHttpHeaders, _flags: unknown, ...rest: unknown[]) {
      hasHead = true
      const head = {
        status: Number(headers[':status']),
        version: '2',
        headers: pairsOfRaw(rawOf(rest)),
      } as const
      tell((tap) => tap.head(head))
      for (const chunk of early) tell((tap) => tap.data(chunk))
      early = []
    },
    trailers(_headers: unknown, _flags: unknown, ...rest: unknown[]) {
      trailers = rawOf(rest)
    },
    error(cause: Error) {
      error = cause
    },
    close() {
      const failure = failureOfStream({ session, socket, code: stream.rstCode ?? 0, error, hasHead }, isLost)
      over((tap) => (failure ? tap.fail(failure) : tap.cut()))
    },
  }
  replaceOwn(stream, 'emit', (emit) => (...args) => {
    const listener = Object.hasOwn(heard, String(args[0])) ? heard[String(args[0])] : undefined
    if (listener) Reflect.apply(listener, undefined, args.slice(1))
    return emit(...args)
  })
  replaceOwn(stream, 'push', (push) => (...args) => {
    const [chunk] = args
    if (chunk === null && !stream.closed && !hasEnded) {
      hasEnded = true
      // Node also reports the head and the trailers in the next tick.
      process.nextTick(() => over((tap) => tap.end(pairsOfRaw(trailers))))
    } else if (ArrayBuffer.isView(chunk) && chunk.byteLength > 0 && !isOver) {
      // A copy: the program is given the original.
      const copy = Buffer.from(chunk as Uint8Array)
      if (hasHead) tell((tap) => tap.data(copy))
      else early.push(copy)
    }
    return push(...args)
  })
  /** The program gives the stream up. Node does the same to one that has closed, or whose session or socket has. */
  const left = (cause?: unknown): void => {
    const isAlive = !session.destroyed && Reflect.get(socket ?? {}, 'destroyed') !== true
    if (!stream.closed && isAlive && !hasEnded && !isLost(cause)) over((tap) => tap.cut())
  }
  replaceOwn(stream, 'destroy', (destroy) => (...args) => {
    left(args[0])
    return destroy(...args)
  })
  replaceOwn(stream, 'close', (close) => (...args) => {
    left()
    return close(...args)
  })
}
