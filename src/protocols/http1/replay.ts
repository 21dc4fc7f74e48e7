import { send } from '../connection/connection.ts'
import type {
  ExchangeResponse,
  Chunk,
  ExchangeFailure,
  InformationalResponse,
} from '../../exchange/exchange.ts'
import { once } from 'node:events'

import type { Refuse, Replay } from '../../exchange/gate.ts'
import { headerValue } from '../../exchange/headers.ts'
import { errorOf, otherSideClosed } from '../failure.ts'
import type { Connection } from '../connection/connection.ts'
import { isUndecided } from '../internals/interceptors.ts'
import {
  chunkBytes,
  closesConnection,
  endBytes,
  type Framing,
  framingOf,
  headBytes,
} from '../connection/raw-response.ts'
import { pace, stall } from '../replay-pace.ts'

/** Writes a recorded response to a claimed socket, byte for byte as HTTP/1.1 frames it. */
export async function writeReplay(connection: Connection, method: string, replay: Replay): Promise<void> {
  const gone = new AbortController()
  const onClose = (): void => gone.abort()
  connection.socket.once('close', onClose)
  try {
    await write(connection, method, replay, gone)
  } finally {
    connection.socket.removeListener('close', onClose)
  }
}

async function write(
  connection: Connection,
  method: string,
  replay: Replay,
  gone: AbortController,
): Promise<void> {
  const { socket, control } = connection
  const { failure, delayFactor } = replay
  const response = replay.response && asHttp1(method, replay.response)
  const left = once(gone.signal, 'abort')
  const turn = async (after: number | undefined): Promise<void> => {
    if (replay.turn) await Promise.race([replay.turn(after), left])
  }
  await turn(response?.after)
  if (response?.informational) await writeInformational(connection, response.informational, gone.signal)
  await pace(response?.delayMs ?? 0, delayFactor, gone.signal)
  if (replay.incomplete && !response && !failure) {
    // A server is there, and says nothing.
    if (isUndecided(control)) control.claim()
    await stall(gone.signal, replay.waitedMs)
  }
  if (socket.destroyed) return
  if (!response) {
    socket.destroy(failure ? errorOf(failure) : otherSideClosed())
    return
  }
  if (isUndecided(control)) control.claim()
  const framing = framingOf(method, response.status, response.headers)
  const head = headBytes(response)
  const parts = framing === 'none' ? [] : response.chunks.filter(({ data }) => data.byteLength > 0)
  const spoilt = failure !== undefined && isSpoiltBehind(failure, framing, response)
  const early = replay.turn ? partsWithHead(response, parts) : 0
  const first = Buffer.concat([head, ...parts.slice(0, early).map(({ data }) => chunkBytes(framing, data))])
  await send(connection, spoilt && parts.length === early ? withGarbage(first) : first, gone.signal)
  for (const [i, chunk] of parts.entries()) {
    if (i < early) continue
    await turn(chunk.after)
    await pace(chunk.delayMs, delayFactor, gone.signal)
    if (gone.signal.aborted) return
    const bytes = chunkBytes(framing, chunk.data)
    await send(connection, spoilt && i === parts.length - 1 ? withGarbage(bytes) : bytes, gone.signal)
  }
  await turn(response.endAfter)
  if (gone.signal.aborted || spoilt) return
  if (failure || replay.incomplete) {
    // One turn later: what was written has to be read before the connection goes.
    await pace(0, 0, gone.signal)
    if (failure && !isEndedShort(failure)) return void socket.destroy(errorOf(failure))
    if (!failure) await stall(gone.signal, replay.waitedMs)
    socket.end()
    return
  }
  const last = endBytes(framing, response.trailers)
  if (last) await send(connection, last, gone.signal)
  if (closesConnection(response, framing)) {
    await pace(0, 0, gone.signal)
    socket.end()
  }
}

/**
 * How many parts of an answer to a request that was not complete came with its head: a client that stops sending when
 * it sees the head may stop reading, too.
 */
function partsWithHead({ after }: ExchangeResponse, parts: readonly Chunk[]): number {
  const later = parts.findIndex((part) => part.delayMs > 0 || part.after !== after)
  return later === -1 ? parts.length : later
}

/** At once: what a server says before its answer is said to be early. */
async function writeInformational(
  connection: Connection,
  responses: readonly InformationalResponse[],
  gone: AbortSignal,
): Promise<void> {
  await pace(0, 0, gone)
  if (gone.aborted) return
  if (isUndecided(connection.control)) connection.control.claim()
  for (const response of responses) await send(connection, headBytes(response), gone)
}

/** Whether the server ended the connection in mid-body, which each client tells by a name of its own. */
const isEndedShort = ({ code, message }: ExchangeFailure): boolean =>
  code === 'UND_ERR_SOCKET' || (code === 'ECONNRESET' && message === 'aborted')

/** Whether the response was whole, and failed for what the server sent after it. */
function isSpoiltBehind(failure: ExchangeFailure, framing: Framing, response: ExchangeResponse): boolean {
  if (!failure.code?.startsWith('HPE_')) return false
  if (framing === 'none') return true
  const length = response.chunks.reduce((sum, { data }) => sum + data.byteLength, 0)
  return framing === 'length' && Number(headerValue(response.headers, 'content-length')) === length
}

/** @note In one piece with what goes before: the client must not be done with its response yet. */
const withGarbage = (bytes: Uint8Array): Uint8Array => Buffer.concat([bytes, Buffer.from([0])])

export async function writeRefusal(
  connection: Connection,
  method: string,
  reply: NonNullable<Refuse['reply']>,
): Promise<void> {
  const { status, headers, body } = reply
  const chunks = [{ data: body, delayMs: 0 }]
  await writeReplay(connection, method, {
    kind: 'replay',
    response: { status, headers, chunks, delayMs: 0 },
    delayFactor: 0,
  })
}

/** A response as HTTP/1.1 carries it: one of HTTP/2 that does not say how long it is gets chunks, which trailers need too. */
export function asHttp1(method: string, response: ExchangeResponse): ExchangeResponse {
  const { version, status, headers } = response
  if (version !== '2' || method === 'HEAD' || status === 204 || status === 304) return response
  if (headerValue(headers, 'content-length') !== undefined && !response.trailers) return response
  const framed = headers.filter(([name]) => name.toLowerCase() !== 'content-length')
  return { ...response, headers: [...framed, ['transfer-encoding', 'chunked']] }
}
