import { constants, type ClientHttp2Session } from 'node:http2'

import type { ExchangeFailure } from '../../../exchange/exchange.ts'
import { HUNG_UP } from '../../../exchange/exchange.ts'
import { failureOf } from '../../failure.ts'

const STREAM_ERROR = 'ERR_HTTP2_STREAM_ERROR'
const SESSION_ERROR = 'ERR_HTTP2_SESSION_ERROR'
const HAS_HTTP2_CODE = new Set([STREAM_ERROR, SESSION_ERROR])

/** What failed is the connection: the stream was cancelled before it had begun. */
const causeOf = (error: Error): unknown => (isCancelled(error) ? (error.cause ?? error) : error)

export const isCancelled = (error: Error): boolean => Reflect.get(error, 'code') === 'ERR_HTTP2_STREAM_CANCEL'

const isStreamError = (error: Error): boolean => Reflect.get(error, 'code') === STREAM_ERROR

/** In the order of their codes (RFC 9113, section 7), as Node names them. */
const CODES =
  'NO_ERROR PROTOCOL_ERROR INTERNAL_ERROR FLOW_CONTROL_ERROR SETTINGS_TIMEOUT STREAM_CLOSED FRAME_SIZE_ERROR ' +
  'REFUSED_STREAM CANCEL COMPRESSION_ERROR CONNECT_ERROR ENHANCE_YOUR_CALM INADEQUATE_SECURITY HTTP_1_1_REQUIRED'

function nameOf(code: number): string {
  const name = CODES.split(' ')[code]
  return name === undefined ? String(code) : `NGHTTP2_${name}`
}

export function failureAs(code: number, error: Error | undefined): ExchangeFailure {
  const message = `Stream closed with error code ${nameOf(code)}`
  if (!error) return { name: 'Error', message, code: STREAM_ERROR, http2Code: code }
  const failure = failureOf(causeOf(error))
  return HAS_HTTP2_CODE.has(failure.code ?? '') ? { ...failure, http2Code: code } : failure
}

const isHungUp = (socket: unknown): boolean =>
  typeof socket === 'object' && socket !== null && Reflect.get(socket, 'readableEnded') === true

/**
 * The server closed the connection. Node resets its streams and gives no reason. gRPC clients do not treat that as a
 * reset.
 */
const hungUp = (http2Code: number): ExchangeFailure => ({
  name: 'Error',
  message: 'The server closed the connection',
  code: HUNG_UP,
  http2Code,
})

/** A stream of a client that has closed. */
interface Closed {
  readonly session: ClientHttp2Session
  /** What was under the session: one that is destroyed has none. */
  readonly socket: object | undefined
  readonly code: number
  readonly error: Error | undefined
  readonly hasHead: boolean
}

/** Whether the stream was reset, and not its connection lost. */
export const wasReset = ({ session, code, error, hasHead }: Closed): boolean =>
  error
    ? isStreamError(error)
    : // A server may reset with NO_ERROR, too: only without a head it can be told.
      code !== constants.NGHTTP2_NO_ERROR || (!hasHead && !session.destroyed)

/**
 * The failure of a stream that closed before its response had ended; `undefined`: its client has left.
 * @param isLost whether it was the connection that failed with this error, and not the program that gave it
 */
export function failureOfStream(
  closed: Closed,
  isLost: (error: unknown) => boolean,
): ExchangeFailure | undefined {
  const { socket, code, error } = closed
  if (!wasReset(closed) && !(error && isLost(error))) return undefined
  return isHungUp(socket) && !error ? hungUp(code) : failureAs(code, error)
}

/** Whether the connection over `socket` failed with an error, and not the program gave it. */
export const isLostBy =
  (socket: object | undefined) =>
  (error: unknown): boolean =>
    error instanceof Error &&
    (Reflect.get(socket ?? {}, 'errored') === error ||
      String(Reflect.get(error, 'code')).startsWith('ERR_HTTP2_'))
