import { once } from 'node:events'
import { constants } from 'node:http2'

import { toError } from '../../base/to-error.ts'
import type { Refuse, Replay } from '../../exchange/gate.ts'
import type { ExchangeFailure, ExchangeResponse, HeaderPairs } from '../../exchange/exchange.ts'
import { errorOf } from '../failure.ts'
import { asGiven, headerObject, http2Pairs } from './headers.ts'
import type { ServedStream } from './served.ts'
import { pace, stall } from '../replay-pace.ts'

/** Answers a client's stream with a recording, whatever version of HTTP it was made over. */
export async function replayStream(served: ServedStream, replay: Replay): Promise<void> {
  const { stream, upload } = served
  const gone = new AbortController()
  stream.once('close', () => gone.abort())
  stream.once('aborted', () => gone.abort())
  // A client that is not read from stops writing.
  upload.discard()
  try {
    await write(served, replay, gone)
  } catch (error) {
    if (!gone.signal.aborted) served.fail(toError(error))
  }
}

export async function refuseStream(served: ServedStream, { error, reply }: Refuse): Promise<void> {
  await pace(0, 0, new AbortController().signal)
  if (!reply) return served.fail(error)
  const { status, headers, body } = reply
  const chunks = [{ data: body, delayMs: 0 }]
  await replayStream(served, {
    kind: 'replay',
    response: { status, headers, chunks, delayMs: 0 },
    delayFactor: 0,
  })
}

async function write(served: ServedStream, replay: Replay, gone: AbortController): Promise<void> {
  const { response, failure, incomplete, waitedMs, delayFactor } = replay
  const { stream } = served
  const { signal } = gone
  const turn = turns(replay, signal)

  if (response) await turn(response.after)
  await pace(response?.delayMs ?? 0, delayFactor, signal)
  if (incomplete && !response && !failure) await stall(signal, waitedMs)
  if (signal.aborted) return
  if (!response) return failure ? fail(served, failure, true) : stream.close(constants.NGHTTP2_CANCEL)

  for (const { status, headers } of response.informational ?? [])
    stream.additionalHeaders({ ':status': status, ...headerObject(http2Pairs(headers)) })
  const parts = response.chunks.filter(({ data }) => data.byteLength > 0)
  const trailers = http2Pairs(response.trailers ?? [])
  const endsAtHead =
    parts.length === 0 && trailers.length === 0 && !failure && !incomplete && !hasTurns(replay, response)
  respond(served, response, trailers, endsAtHead)

  for (const chunk of parts) {
    await turn(chunk.after)
    await pace(chunk.delayMs, delayFactor, signal)
    if (signal.aborted) return
    await send(served, chunk.data, signal)
  }
  if (endsAtHead) return
  await turn(response.endAfter)
  if (signal.aborted) return
  if (!failure && !incomplete) return void stream.end()
  await delivered(signal)
  if (signal.aborted) return
  if (failure) return fail(served, failure, false)
  await stall(signal, waitedMs)
  if (!signal.aborted) stream.close(constants.NGHTTP2_CANCEL)
}

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

const hasTurns = ({ turn }: Replay, { endAfter }: ExchangeResponse): boolean =>
  turn !== undefined && endAfter !== undefined

/** Waits for the client's turn, or for the client to leave. */
function turns({ turn }: Replay, gone: AbortSignal): (after: number | undefined) => Promise<void> {
  if (!turn) return async () => {}
  const left = once(gone, 'abort').then(() => {})
  return (after) => (gone.aborted ? Promise.resolve() : Promise.race([turn(after), left]))
}

/** Honours the client's backpressure: a client that does not read is not written to. */
async function send({ stream }: ServedStream, data: Uint8Array, gone: AbortSignal): Promise<void> {
  if (stream.writable && !stream.write(data)) await once(stream, 'drain', { signal: gone }).catch(() => {})
}

/** Until the client has what was written: a reset overtakes what is still to be sent. */
async function delivered(gone: AbortSignal): Promise<void> {
  for (let i = 0; i < 4; i++) await pace(0, 0, gone)
}

function fail(served: ServedStream, failure: ExchangeFailure, isFirst: boolean): void {
  const { http2Code, code } = failure
  // By GOAWAY the whole connection fails.
  if (http2Code !== undefined && code !== 'ERR_HTTP2_SESSION_ERROR') return served.stream.close(http2Code)
  const error = errorOf(failure)
  served.failConnection(error, isFirst && isOfConnecting(failure) ? cancelled(error) : error, http2Code)
}

const isOfConnecting = ({ code, message }: ExchangeFailure): boolean =>
  message.includes('before secure TLS connection') || !/^(?:ECONNRESET|EPIPE|ERR_HTTP2_)/.test(code ?? '')

/** What Node tells the streams that were waiting for the connection. */
function cancelled(cause: Error): Error {
  const message = `The pending stream has been canceled (caused by: ${cause.message})`
  return Object.assign(new Error(message, { cause }), { code: 'ERR_HTTP2_STREAM_CANCEL' })
}
