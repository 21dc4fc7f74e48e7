import { once } from 'node:events'
import { constants } from 'node:http2'

import { toError } from '../../base/to-error.ts'
import type { Refuse, Replay } from '../../exchange/gate.ts'
import type { ExchangeFailure, ExchangeResponse, HeaderPairs } from '../../exchange/exchange.ts'
import { errorOf } from '../failure.ts'
import { headerObject } from '../../exchange/headers.ts'
import { asGiven, http2Pairs } from './headers.ts'
import type { ServedStream } from './served.ts'
import { playReplay, replayOf, type ReplaySink } from '../play-replay.ts'
import { pace } from '../replay-pace.ts'

/** Answers a client's stream with a recording of any HTTP version. */
export async function replayStream(served: ServedStream, replay: Replay): Promise<void> {
  const { stream, upload } = served
  const gone = new AbortController()
  stream.once('close', () => gone.abort())
  stream.once('aborted', () => gone.abort())
  // A client stops writing if nobody reads its body.
  upload.discard()
  try {
    await playReplay(replay, http2Sink(served, replay, gone.signal))
  } catch (error) {
    if (!gone.signal.aborted) served.fail(toError(error))
  }
}

export async function refuseStream(served: ServedStream, { error, reply }: Refuse): Promise<void> {
  await pace(0, 0, new AbortController().signal)
  if (reply) await replayStream(served, replayOf(reply))
  else served.fail(error)
}

function http2Sink(served: ServedStream, replay: Replay, gone: AbortSignal): ReplaySink {
  const { stream } = served
  let hasHead = false
  let isOver = false
  let drained: Promise<unknown> = Promise.resolve()
  return {
    gone,
    get isOver() {
      return isOver
    },
    connect() {},
    async ready() {
      await drained
    },
    informational({ status, headers }) {
      stream.additionalHeaders({ ':status': status, ...headerObject(http2Pairs(headers)) })
    },
    head(response, chunks) {
      const trailers = http2Pairs(response.trailers ?? [])
      hasHead = true
      isOver = chunks.length === 0 && trailers.length === 0 && endsAtHead(replay, response)
      respond(served, response, trailers, isOver)
      return 0
    },
    data(chunk) {
      if (stream.writable && !stream.write(chunk))
        drained = once(stream, 'drain', { signal: gone }).catch(() => {})
    },
    end: () => void stream.end(),
    async fail(failure) {
      if (hasHead) {
        await drained
        await delivered(gone)
      }
      if (!gone.aborted) fail(served, failure, !hasHead)
    },
    cut: () => stream.close(constants.NGHTTP2_CANCEL),
  }
}

/** Whether a response without a body and trailers ends with its head. */
const endsAtHead = (
  { failure, incomplete, turn }: Replay,
  { after, endAfter, endSince }: ExchangeResponse,
): boolean =>
  !failure &&
  !incomplete &&
  !endSince &&
  // Nothing more is waited for when the turn of the head has come.
  (turn === undefined || endAfter === undefined || endAfter === after)

function respond(
  { stream }: ServedStream,
  { status, headers }: ExchangeResponse,
  trailers: HeaderPairs,
  endStream: boolean,
): void {
  stream.on('wantTrailers', () => {
    if (!stream.destroyed && !stream.closed) stream.sendTrailers(headerObject(trailers))
  })
  const raw = [[':status', String(status)], ...http2Pairs(headers)].flat()
  stream.respond(raw, asGiven(endStream))
}

/** Waits until the client has received what was written: a reset overtakes data that is still to be sent. */
async function delivered(gone: AbortSignal): Promise<void> {
  for (let i = 0; i < 4; i++) await pace(0, 0, gone)
}

function fail(served: ServedStream, failure: ExchangeFailure, isFirst: boolean): void {
  const { http2Code, code } = failure
  // After a GOAWAY the whole connection fails.
  if (http2Code !== undefined && code !== 'ERR_HTTP2_SESSION_ERROR') return served.stream.close(http2Code)
  const error = errorOf(failure)
  served.failConnection(error, isFirst && isOfConnecting(failure) ? cancelled(error) : error, http2Code)
}

const isOfConnecting = ({ code, message }: ExchangeFailure): boolean =>
  message.includes('before secure TLS connection') || !/^(?:ECONNRESET|EPIPE|ERR_HTTP2_)/.test(code ?? '')

/** What Node reports to the streams that wait for the connection. */
function cancelled(cause: Error): Error {
  const message = `The pending stream has been canceled (caused by: ${cause.message})`
  return Object.assign(new Error(message, { cause }), { code: 'ERR_HTTP2_STREAM_CANCEL' })
}
