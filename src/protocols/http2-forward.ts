import { constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'

import type { Tap } from '../exchange/answer.ts'
import type { ExchangeFailure } from '../exchange/types.ts'
import { failureOf } from './failure.ts'
import { asGiven, headerObject, pairsOfRaw, type RawHeaders } from './http2-headers.ts'
import { requestOn } from './http2-native.ts'
import type { ServedStream } from './http2-served.ts'

const STREAM_ERROR = 'ERR_HTTP2_STREAM_ERROR'

/**
 * Sends a client's request to the real server and the answer back, as they come, and tells a tap.
 * @param tap absent: nobody records it
 */
export function forwardStream(
  served: ServedStream,
  upstream: ClientHttp2Session,
  tap: Tap | undefined,
): void {
  const { stream, upload, raw } = served
  let up: ClientHttp2Stream
  try {
    const ended = stream.endAfterHeaders
    up = requestOn(upstream, raw, { endStream: ended, waitForTrailers: !ended })
  } catch (error) {
    tap?.fail(failureOf(error))
    served.fail(error as Error)
    return
  }
  if (!stream.endAfterHeaders) upload.sendTo(up)
  if (!tap) upload.forget()
  tellClient(served, up)
  follow(served, upstream, up, tap)
}

/** What becomes of the stream, whoever ends it. */
function follow(
  served: ServedStream,
  upstream: ClientHttp2Session,
  up: ClientHttp2Stream,
  tap: Tap | undefined,
): void {
  const { stream } = served
  let settled = false
  const settle = (tell: (to: Tap) => void): void => {
    if (!settled && tap) tell(tap)
    settled = true
  }
  let trailers: RawHeaders = []
  let error: Error | undefined

  up.on('headers', (headers, _flags, ...rest) => {
    const status = Number(headers[':status'])
    if (status !== 100) tap?.informational({ status, headers: pairsOfRaw(rawOf(rest)) })
  })
  up.on('response', (headers, _flags, ...rest) => {
    tap?.head({ status: Number(headers[':status']), version: '2', headers: pairsOfRaw(rawOf(rest)) })
  })
  up.on('data', (chunk: Buffer) => {
    if (!settled) tap?.data(chunk)
  })
  up.on('trailers', (_headers, _flags, ...rest) => {
    trailers = rawOf(rest)
  })
  up.on('end', () => {
    if (!up.aborted && !up.rstCode) settle((to) => to.end(pairsOfRaw(trailers)))
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
    const isReset = error ? isStreamError(error) : code !== constants.NGHTTP2_NO_ERROR
    settle((to) => {
      if (isReset) to.fail(resetFailure(code, error))
      else if (error) to.fail(failureOf(causeOf(error)))
      else to.cut()
    })
    if (stream.destroyed || stream.closed) return
    if (isReset) stream.close(code)
    else if (error) served.fail(error, code)
    // The client has destroyed its session.
    else if (upstream.destroyed && !stream.writableEnded) served.drop()
  })
}

/** The response, 1xx, trailers and all, at the pace of the client. */
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
    if (!up.aborted && open() && !stream.writableEnded) stream.end()
  })
}

/** What failed is the connection: the stream was cancelled before it had begun. */
const causeOf = (error: Error): unknown =>
  Reflect.get(error, 'code') === 'ERR_HTTP2_STREAM_CANCEL' ? (error.cause ?? error) : error

const isStreamError = (error: Error): boolean => Reflect.get(error, 'code') === STREAM_ERROR

/** In the order of their codes (RFC 9113, section 7), as Node names them. */
const CODES =
  'NO_ERROR PROTOCOL_ERROR INTERNAL_ERROR FLOW_CONTROL_ERROR SETTINGS_TIMEOUT STREAM_CLOSED FRAME_SIZE_ERROR ' +
  'REFUSED_STREAM CANCEL COMPRESSION_ERROR CONNECT_ERROR ENHANCE_YOUR_CALM INADEQUATE_SECURITY HTTP_1_1_REQUIRED'

function nameOf(code: number): string {
  const name = CODES.split(' ')[code]
  return name === undefined ? String(code) : `NGHTTP2_${name}`
}

function resetFailure(code: number, error: Error | undefined): ExchangeFailure {
  const message = `Stream closed with error code ${nameOf(code)}`
  return { ...(error ? failureOf(error) : { name: 'Error', message, code: STREAM_ERROR }), http2Code: code }
}

/** The last argument of Node's header events, which its types do not have everywhere. */
const rawOf = (rest: readonly unknown[]): RawHeaders => (rest[0] as RawHeaders | undefined) ?? []
