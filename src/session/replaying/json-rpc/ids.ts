import { joinChunks } from '../../../base/bytes.ts'
import { type Edit, splice } from '../../../base/splice.ts'
import { contentTypeOf, headerValue } from '../../../exchange/headers.ts'
import type { Chunk, Exchange, ExchangeResponse } from '../../../exchange/exchange.ts'
import { isRpcStream, type RpcPlace, rpcPlaces } from '../../../exchange/wire/json-rpc-places.ts'
import type { Recording } from '../bucket.ts'
import { AskedRequests } from './asked.ts'

/** The answer that a client gets for a recording. */
export interface RpcAnswer {
  readonly exchange: Exchange
  /** Makes the bytes of a chunk when it is sent. Chunks are sent in order. Absent: chunks are sent unchanged. */
  readonly render?: (chunk: Chunk) => Uint8Array
}

/**
 * The ids of JSON-RPC 2.0 requests. A client counts them anew in each run, and a server names them in its answers, on whatever
 * stream these come. In replay an answer gets the id that the client used now. Ids of the server's own requests stay.
 */
export class RpcIds {
  readonly asked = new AskedRequests()

  /**
   * The recorded answer with the ids of this run. A body with a known length, or that is compressed, is changed at once. Other
   * bodies are changed when they are sent, because the client may not have sent the request yet that they answer.
   */
  answer(recording: Recording, exchange: Exchange): RpcAnswer {
    const { response } = exchange
    if (!response || response.chunks.length === 0) return { exchange }
    const type = contentTypeOf(response.headers)?.type
    const isWhole = !isRpcStream(type) || headerValue(response.headers, 'content-length') !== undefined
    const { contentDecoded } = response
    if (isWhole && !this.asked.hasChanged) return { exchange }
    if (isWhole || contentDecoded) {
      const places = rpcPlaces(joinChunks(response.chunks), type)
      if (isWhole || places.every((place) => this.asked.isOwn(recording, place)))
        return { exchange: { ...exchange, response: this.#changed(recording, response, places) } }
    }
    const plain = contentDecoded ? withoutCoding(response) : response
    return { exchange: { ...exchange, response: plain }, render: this.#renderer(recording, plain) }
  }

  /** A WebSocket message of the server. */
  message(recording: Recording, data: Uint8Array): Uint8Array {
    if (!this.asked.hasChanged) return data
    return splice(data, 0, this.#edits(recording, rpcPlaces(data, undefined)))
  }

  #changed(recording: Recording, response: ExchangeResponse, places: readonly RpcPlace[]): ExchangeResponse {
    const edits = this.asked.hasChanged ? this.#edits(recording, places) : []
    if (edits.length === 0) return response
    let at = 0
    const chunks = response.chunks.map((chunk) => {
      const data = splice(chunk.data, at, edits)
      at += chunk.data.byteLength
      return { ...chunk, data }
    })
    return { ...response, chunks }
  }

  #renderer(recording: Recording, { chunks, headers }: ExchangeResponse): (chunk: Chunk) => Uint8Array {
    const starts = new Map<Chunk, number>()
    let places: readonly RpcPlace[] | undefined
    let next = 0
    let edits: readonly Edit[] = []
    return (chunk) => {
      if (!this.asked.hasChanged) return chunk.data
      if (!places) {
        places = rpcPlaces(joinChunks(chunks), contentTypeOf(headers)?.type)
        let at = 0
        for (const one of chunks) {
          starts.set(one, at)
          at += one.data.byteLength
        }
      }
      const start = starts.get(chunk) ?? 0
      while ((places[next]?.start ?? Infinity) < start) next++
      const from = next
      while ((places[next]?.start ?? Infinity) < start + chunk.data.byteLength) next++
      const here = this.#edits(recording, places.slice(from, next))
      edits = [...edits.filter(({ end }) => end > start), ...here]
      return splice(chunk.data, start, edits)
    }
  }

  #edits(recording: Recording, places: readonly RpcPlace[]): Edit[] {
    return places.flatMap((place) => {
      const text = this.asked.now(recording, place)
      return text ? [{ start: place.start, end: place.end, text }] : []
    })
  }
}

/** The response without its content coding: a stream that is changed chunk by chunk is sent uncompressed. */
function withoutCoding(response: ExchangeResponse): ExchangeResponse {
  const { contentDecoded: _, bareDeflate: __, ...plain } = response
  const headers = response.headers.filter(([name]) => name.toLowerCase() !== 'content-encoding')
  return { ...plain, headers }
}
