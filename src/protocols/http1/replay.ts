import { once } from 'node:events'

import type { Chunk, ExchangeFailure, ExchangeResponse } from '../../exchange/exchange.ts'
import type { Replay } from '../../exchange/gate.ts'
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
} from '../connection/response-bytes.ts'
import { playReplay, type ReplaySink } from '../play-replay.ts'
import { pace } from '../replay-pace.ts'

/** Writes a recorded response to a claimed socket, byte for byte as HTTP/1.1 frames it. */
export async function writeReplay(connection: Connection, method: string, replay: Replay): Promise<void> {
  const gone = new AbortController()
  const onClose = (): void => gone.abort()
  connection.socket.once('close', onClose)
  try {
    await playReplay(replay, http1Sink(connection, method, replay, gone.signal))
  } finally {
    connection.socket.removeListener('close', onClose)
  }
}

function http1Sink(
  { socket, control }: Connection,
  method: string,
  { turn, failure }: Replay,
  gone: AbortSignal,
): ReplaySink {
  let framing: Framing = 'none'
  let closes = false
  /** Whether the client failed because of garbage after the response. */
  let isSpoilt = false
  /** How many chunks are still to come. */
  let left = 0
  let hasHead = false
  let isOver = false
  let drained: Promise<unknown> = Promise.resolve()

  const write = (bytes: Uint8Array): void => {
    if (gone.aborted || socket.destroyed) return
    if (!socket.write(bytes)) drained = once(socket, 'drain', { signal: gone }).catch(() => {})
  }
  const writePart = (bytes: Uint8Array): void => {
    isOver = isSpoilt && left === 0
    // In the same write: otherwise the client finishes its response before it sees the garbage.
    write(isOver ? Buffer.concat([bytes, Buffer.from([0])]) : bytes)
  }
  return {
    gone,
    get isOver() {
      return isOver
    },
    connect() {
      if (isUndecided(control) && !socket.destroyed) control.claim()
    },
    async ready() {
      await drained
    },
    informational: (response) => write(headBytes(response)),
    head(recorded, chunks) {
      const response = asHttp1(method, recorded)
      framing = framingOf(method, response.status, response.headers)
      closes = closesConnection(response, framing)
      hasHead = true
      isSpoilt = failure !== undefined && isSpoiltAfterwards(failure, framing, response)
      const body = framing === 'none' ? [] : chunks
      const early = turn ? chunksWithHead(response, body) : 0
      left = body.length - early
      writePart(
        Buffer.concat([
          headBytes(response),
          ...body.slice(0, early).map(({ data }) => chunkBytes(framing, data)),
        ]),
      )
      return chunks.length - left
    },
    data(chunk) {
      left--
      writePart(chunkBytes(framing, chunk))
    },
    async end(trailers) {
      const last = endBytes(framing, trailers)
      await drained
      if (last) write(last)
      await drained
      if (!closes) return
      await pace(0, 0, gone)
      socket.end()
    },
    async fail(recorded) {
      await drained
      if (!hasHead && isAfterConnecting(recorded)) this.connect()
      // One turn later: the client must read what was written before the connection goes, and hear that it is connected.
      if (!isUndecided(control)) await pace(0, 0, gone)
      if (hasHead && isEndedShort(recorded)) socket.end()
      else socket.destroy(errorOf(recorded))
    },
    cut: () => void (hasHead ? socket.end() : socket.destroy(otherSideClosed())),
  }
}

/**
 * How many chunks of an answer to an unfinished request came with its head. A client that stops sending when it sees the
 * head may stop reading too, so they are sent together.
 */
function chunksWithHead({ after }: ExchangeResponse, chunks: readonly Chunk[]): number {
  const later = chunks.findIndex((chunk) => chunk.delayMs > 0 || chunk.after !== after || chunk.since)
  return later === -1 ? chunks.length : later
}

/** Whether a failure before the head came when the client was connected. */
const isAfterConnecting = ({ code, message }: ExchangeFailure): boolean =>
  /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|HPE_)/.test(code ?? '') &&
  !/before secure TLS connection|^connect /.test(message)

/** Whether the server ended the connection in the middle of the body. Each client reports that under another name. */
const isEndedShort = ({ code, message }: ExchangeFailure): boolean =>
  code === 'UND_ERR_SOCKET' || (code === 'ECONNRESET' && message === 'aborted')

/** Whether the response was whole, and the client failed because of what the server sent after it. */
function isSpoiltAfterwards(failure: ExchangeFailure, framing: Framing, response: ExchangeResponse): boolean {
  if (!failure.code?.startsWith('HPE_')) return false
  if (framing === 'none') return true
  const length = response.chunks.reduce((sum, { data }) => sum + data.byteLength, 0)
  return framing === 'length' && Number(headerValue(response.headers, 'content-length')) === length
}

/**
 * The response as HTTP/1.1 sends it. An HTTP/2 response without a `content-length`, or with trailers, gets chunked
 * transfer coding.
 */
function asHttp1(method: string, response: ExchangeResponse): ExchangeResponse {
  const { version, status, headers } = response
  if (version !== '2' || method === 'HEAD' || status === 204 || status === 304) return response
  if (headerValue(headers, 'content-length') !== undefined && !response.trailers) return response
  const framed = headers.filter(([name]) => name.toLowerCase() !== 'content-length')
  return { ...response, headers: [...framed, ['transfer-encoding', 'chunked']] }
}
