import { joinChunks } from '../../base/bytes.ts'
import type { Chunk, Exchange, ExchangeRequest, ExchangeResponse } from '../exchange.ts'
import { codingsOf } from './content-codings.ts'
import { INFLATE } from './decode-bytes.ts'
import type { Coding } from './zlib-coder.ts'

/** How many bytes may be decompressed in all: the beginning of a body is, again and again, to find where a chunk ends. */
const MAX_WORK_BYTES = 16 * 1024 * 1024
const MAX_DECODED_BYTES = 64 * 1024 * 1024

/**
 * Does the same as `decodeContent`, but at once.
 * @returns `undefined` if only that can tell: for several codings, bare deflate, a body that is corrupt or cut short, or one
 *   that takes long
 */
export function decodeContentNow(exchange: Exchange): Exchange | undefined {
  const { request, response, incomplete, failure } = exchange
  const decodedRequest = requestNow(request)
  if (decodedRequest === undefined) return undefined
  if (response === undefined) return { ...exchange, request: decodedRequest }
  const decodedResponse = responseNow(response, incomplete === true || failure !== undefined)
  return decodedResponse && { ...exchange, request: decodedRequest, response: decodedResponse }
}

function requestNow(request: ExchangeRequest): ExchangeRequest | undefined {
  const { body, headers, contentDecoded } = request
  const codings = codingsOf(headers)
  if (body === null || body.byteLength === 0 || contentDecoded || !codings?.length) return request
  const chunks = chunksNow([{ data: body, delayMs: 0 }], codings)
  return chunks && { ...request, body: joinChunks(chunks), contentDecoded: true }
}

function responseNow(response: ExchangeResponse, isCut: boolean): ExchangeResponse | undefined {
  const codings = codingsOf(response.headers)
  const isEmpty = response.chunks.every(({ data }) => data.byteLength === 0)
  if (response.contentDecoded || !codings?.length || isEmpty) return response
  const chunks = isCut ? undefined : chunksNow(response.chunks, codings)
  return chunks && { ...response, chunks, contentDecoded: true }
}

function chunksNow(chunks: readonly Chunk[], codings: readonly Coding[]): Chunk[] | undefined {
  const [coding, ...others] = codings
  if (coding === undefined || others.length > 0) return undefined
  const body = joinChunks(chunks)
  // A chunk that brings nothing out hands its delay and its marks on: that is left to the other way.
  if (body.byteLength * chunks.length > MAX_WORK_BYTES || chunks.some(({ data }) => data.byteLength === 0))
    return undefined
  const made: Chunk[] = []
  let read = 0
  let done = 0
  try {
    for (const [index, chunk] of chunks.entries()) {
      read += chunk.data.byteLength
      const isLast = index === chunks.length - 1
      const out = decoded(body.subarray(0, read), coding, isLast)
      if (out === undefined || out.byteLength === done) return undefined
      made.push({ ...chunk, data: out.subarray(done) })
      done = out.byteLength
    }
    return made
  } catch {
    return undefined
  }
}

/** @returns `undefined` if bytes follow the end of the compressed body */
function decoded(bytes: Uint8Array, coding: Coding, isWhole: boolean): Buffer | undefined {
  const options = { maxOutputLength: MAX_DECODED_BYTES, info: true }
  const [inflate, finishFlush] = INFLATE[coding]
  const { buffer, engine } = inflate(bytes, isWhole ? options : { ...options, finishFlush }) as Info
  return engine.bytesWritten === bytes.byteLength ? buffer : undefined
}

/** With the option `info`. The types of Node do not know it. */
interface Info {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}
