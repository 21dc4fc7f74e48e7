import { constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'

import type { Tap } from '../../exchange/gate.ts'
import { headerObject } from '../../exchange/headers.ts'
import { asGiven, pairsOfRaw, type RawHeaders, rawOf } from './headers.ts'
import { requestOn } from './native.ts'
import { socketOf } from '../internals/node-http2.ts'
import type { ServedStream, Serving } from './served.ts'
import { failureAs, failureOfStream, isCancelled, wasReset } from './watching/stream-failure.ts'

/**
 * Sends a client's request to the real server, streams the response back, and reports both to a tap.
 * @param tap `undefined`: nothing is recorded
 */
export function forwardStream(served: ServedStream, serving: Serving, tap: Tap | undefined): void {
  const { stream, upload, raw } = served
  let upstream: ClientHttp2Session
  let up: ClientHttp2Stream
  try {
    const ended = stream.endAfterHeaders
    upstream = serving.upstream()
    up = requestOn(upstream, raw, { endStream: ended, waitForTrailers: !ended })
  } catch (error) {
    return unreachable(served, tap, error as Error)
  }
  if (!stream.endAfterHeaders) upload.sendTo(up)
  if (!tap) upload.forget()
  tellClient(served, up)
  follow(served, serving, upstream, up, tap)
}

/** The request body is recorded although no server received it. */
function unreachable(served: ServedStream, tap: Tap | undefined, error: Error, code?: number): void {
  tap?.fail(failureAs(code ?? constants.NGHTTP2_INTERNAL_ERROR, error))
  void served.upload.drained().then(() => served.fail(error, code))
}

/** Reports to the tap how the stream goes on and how it ends. */
function follow(
  served: ServedStream,
  serving: Serving,
  upstream: ClientHttp2Session,
  up: ClientHttp2Stream,
  tap: Tap | undefined,
): void {
  const { stream } = served
  const socket = socketOf(upstream)
  let settled = false
  const settle = (tell: (to: Tap) => void): void => {
    if (!settled && tap) tell(tap)
    settled = true
  }
  let trailers: RawHeaders = []
  let hasHead = false
  let error: Error | undefined

  up.on('headers', (headers, _flags, ...rest) => {
    const status = Number(headers[':status'])
    if (status !== 100) tap?.informational({ status, headers: pairsOfRaw(rawOf(rest)) })
  })
  const afterHead = headFirst()
  up.on('response', (headers, _flags, ...rest) => {
    hasHead = true
    tap?.head({ status: Number(headers[':status']), version: '2', headers: pairsOfRaw(rawOf(rest)) })
    afterHead.came()
  })
  up.on('data', (chunk: Buffer) =>
    afterHead.run(() => {
      if (!settled) tap?.data(chunk)
    }),
  )
  up.on('trailers', (_headers, _flags, ...rest) => {
    trailers = rawOf(rest)
  })
  up.on('end', () =>
    afterHead.run(() => {
      if (hasEnded(up)) settle((to) => to.end(pairsOfRaw(trailers)))
    }),
  )
  up.on('error', (cause: Error) => {
    error = cause
  })

  const left = (): void => {
    settle((to) => to.cut())
    if (!up.closed && !up.destroyed) up.close(stream.rstCode || constants.NGHTTP2_CANCEL)
  }
  stream.on('aborted', left)
  stream.on('close', left)

  up.on('close', () => {
    const code = up.rstCode ?? constants.NGHTTP2_NO_ERROR
    const closed = { session: upstream, socket, code, error, hasHead }
    const isReset = wasReset(closed)
    if (error && isCancelled(error) && error.cause && serving.isLost(error.cause) && !settled) {
      settled = true
      return unreachable(served, tap, error, code)
    }
    const failure = failureOfStream(closed, (cause) => serving.isLost(cause))
    // Without one the client has destroyed its session.
    settle((to) => (failure ? to.fail(failure) : to.cut()))
    if (stream.destroyed || stream.closed) return
    if (isReset) stream.close(code)
    else if (error) served.fail(error, code)
    else if (upstream.destroyed && !stream.writableEnded) served.drop()
  })
}

/** Writes the response to the client, with 1xx and trailers, at the client's pace. */
function tellClient({ stream }: ServedStream, up: ClientHttp2Stream): void {
  const open = (): boolean => !stream.destroyed && !stream.closed
  let trailers: RawHeaders = []
  const afterHead = headFirst()
  up.on('headers', (headers, _flags, ...rest) => {
    if (open() && !stream.headersSent)
      stream.additionalHeaders({
        ':status': headers[':status'],
        ...headerObject(pairsOfRaw(rawOf(rest))),
      })
  })
  up.on('response', (_headers, flags, ...rest) => {
    if (!open()) return
    const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0
    stream.on('wantTrailers', () => {
      if (open()) stream.sendTrailers(headerObject(pairsOfRaw(trailers)))
    })
    stream.respond([...rawOf(rest)], asGiven(endStream))
    afterHead.came()
  })
  up.on('trailers', (_headers, _flags, ...rest) => {
    trailers = rawOf(rest)
  })
  up.on('data', (chunk: Buffer) =>
    afterHead.run(() => {
      if (open() && !stream.writableEnded && !stream.write(chunk)) up.pause()
    }),
  )
  stream.on('drain', () => up.resume())
  up.on('end', () =>
    afterHead.run(() => {
      if (hasEnded(up) && open() && !stream.writableEnded) stream.end()
    }),
  )
}

/**
 * Lets the body come after its head.
 * @remarks Node emits `response` in a later tick. A connection that is read through JavaScript, such as one in a tunnel, may
 * bring head and body at once: then `data` and `end` come before it.
 */
function headFirst(): { came(): void; run(tell: () => void): void } {
  let waiting: (() => void)[] | undefined = []
  return {
    came() {
      const told = waiting ?? []
      waiting = undefined
      for (const tell of told) tell()
    },
    run: (tell) => void (waiting ? waiting.push(tell) : tell()),
  }
}

/** @remarks A stream that is destroyed without an error emits `end`, too. */
const hasEnded = (up: ClientHttp2Stream): boolean => !up.aborted && !up.destroyed && !up.rstCode
