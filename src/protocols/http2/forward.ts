import { constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'

import type { Tap } from '../../exchange/gate.ts'
import type { ExchangeFailure } from '../../exchange/exchange.ts'
import { HUNG_UP } from '../../exchange/exchange.ts'
import { failureOf } from '../failure.ts'
import { asGiven, headerObject, pairsOfRaw, type RawHeaders } from './headers.ts'
import { requestOn } from './native.ts'
import type { ServedStream, Serving } from './served.ts'
import { socketOf } from '../internals/node-http2.ts'

const STREAM_ERROR = 'ERR_HTTP2_STREAM_ERROR'
const SESSION_ERROR = 'ERR_HTTP2_SESSION_ERROR'
const HAS_HTTP2_CODE = new Set([STREAM_ERROR, SESSION_ERROR])

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
  up.on('response', (headers, _flags, ...rest) => {
    hasHead = true
    tap?.head({ status: Number(headers[':status']), version: '2', headers: pairsOfRaw(rawOf(rest)) })
  })
  up.on('data', (chunk: Buffer) => {
    if (!settled) tap?.data(chunk)
  })
  up.on('trailers', (_headers, _flags, ...rest) => {
    trailers = rawOf(rest)
  })
  up.on('end', () => {
    if (hasHead && hasEnded(up)) settle((to) => to.end(pairsOfRaw(trailers)))
  })
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
    // A server may reset with NO_ERROR, too: only without a head it can be told.
    const isReset = error
      ? isStreamError(error)
      : code !== constants.NGHTTP2_NO_ERROR || (!hasHead && !upstream.destroyed)
    if (error && isCancelled(error) && error.cause && serving.isLost(error.cause) && !settled) {
      settled = true
      return unreachable(served, tap, error, code)
    }
    settle((to) => {
      if (isReset || (error && serving.isLost(error)))
        to.fail(isHungUp(socket) && !error ? hungUp(code) : failureAs(code, error))
      // The client has destroyed its session.
      else to.cut()
    })
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
  })
  up.on('trailers', (_headers, _flags, ...rest) => {
    trailers = rawOf(rest)
  })
  up.on('data', (chunk: Buffer) => {
    if (open() && !stream.writableEnded && !stream.write(chunk)) up.pause()
  })
  stream.on('drain', () => up.resume())
  up.on('end', () => {
    if (hasEnded(up) && open() && !stream.writableEnded) stream.end()
  })
}

/** What failed is the connection: the stream was cancelled before it had begun. */
const causeOf = (error: Error): unknown => (isCancelled(error) ? (error.cause ?? error) : error)

const isCancelled = (error: Error): boolean => Reflect.get(error, 'code') === 'ERR_HTTP2_STREAM_CANCEL'

/** @remarks A stream that is destroyed without an error ends, too. */
const hasEnded = (up: ClientHttp2Stream): boolean => !up.aborted && !up.destroyed && !up.rstCode

const isStreamError = (error: Error): boolean => Reflect.get(error, 'code') === STREAM_ERROR

/** In the order of their codes (RFC 9113, section 7), as Node names them. */
const CODES =
  'NO_ERROR PROTOCOL_ERROR INTERNAL_ERROR FLOW_CONTROL_ERROR SETTINGS_TIMEOUT STREAM_CLOSED FRAME_SIZE_ERROR ' +
  'REFUSED_STREAM CANCEL COMPRESSION_ERROR CONNECT_ERROR ENHANCE_YOUR_CALM INADEQUATE_SECURITY HTTP_1_1_REQUIRED'

function nameOf(code: number): string {
  const name = CODES.split(' ')[code]
  return name === undefined ? String(code) : `NGHTTP2_${name}`
}

function failureAs(code: number, error: Error | undefined): ExchangeFailure {
  const message = `Stream closed with error code ${nameOf(code)}`
  if (!error) return { name: 'Error', message, code: STREAM_ERROR, http2Code: code }
  const failure = failureOf(causeOf(error))
  return HAS_HTTP2_CODE.has(failure.code ?? '') ? { ...failure, http2Code: code } : failure
}

const isHungUp = (socket: unknown): boolean =>
  typeof socket === 'object' && socket !== null && Reflect.get(socket, 'readableEnded') === true

/** The server closed the connection: Node resets its streams, and says no more; to gRPC clients it is no reset. */
const hungUp = (http2Code: number): ExchangeFailure => ({
  name: 'Error',
  message: 'The server closed the connection',
  code: HUNG_UP,
  http2Code,
})

/** The last argument of Node's header events, which its types do not have everywhere. */
const rawOf = (rest: readonly unknown[]): RawHeaders => (rest[0] as RawHeaders | undefined) ?? []
