import { defined } from '../../base/defined.ts'
import { joinChunks } from '../../base/bytes.ts'
import { codingsOf, type Decoded, decodeChunks, encodeChunks } from './content-codings.ts'
import { headerValue } from '../headers.ts'
import type { Chunk, Exchange, ExchangeRequest, ExchangeResponse, HeaderPairs } from '../exchange.ts'
import type { Format } from './zlib-coder.ts'

/**
 * The exchange with its bodies content-decoded and marked `contentDecoded`. The headers do not change. Knows gzip, deflate
 * (zlib format or bare), br, zstd, and lists of them. Works chunk by chunk and keeps the delays. A body that is empty, corrupt,
 * cut short, of an unknown coding or larger than 512 MiB stays as it is, without the mark. If the exchange is known to be
 * incomplete, its response is decoded as far as it goes. The content of a body never makes it reject.
 */
export async function decodeContent(exchange: Exchange): Promise<Exchange> {
  const { request, response } = exchange
  const decodedRequest = await decodeRequest(request)
  const decodedResponse = response && (await decodeResponse(response, isCut(exchange)))
  if (decodedRequest === request && decodedResponse === response) return exchange
  return {
    ...exchange,
    request: decodedRequest,
    ...defined({ response: decodedResponse }),
  }
}

/**
 * The exchange in the form for the wire: bodies marked `contentDecoded` are encoded again as their headers say. Each chunk is
 * flushed, so that a client reads event by event. The bytes differ from the recorded ones, but a client decodes the same. A
 * `content-length` is made to fit the body. For HEAD, 204 and 304 it is left alone, because it is the length of another body.
 * For an incomplete response it stays larger than the body. An empty body stays empty.
 */
export async function encodeContent(exchange: Exchange): Promise<Exchange> {
  const { request, response } = exchange
  return {
    ...exchange,
    request: await encodeRequest(request),
    ...defined({ response: response && (await encodeResponse(exchange, response)) }),
  }
}

/** Whether the response's body ended too early. */
function isCut({ incomplete, failure }: Exchange): boolean {
  return incomplete === true || failure !== undefined
}

async function decodeRequest(request: ExchangeRequest): Promise<ExchangeRequest> {
  const { body, headers, contentDecoded } = request
  const codings = codingsOf(headers)
  if (body === null || body.byteLength === 0 || contentDecoded || !codings?.length) return request
  const decoded = await decodeChunks([{ data: body, delayMs: 0 }], codings, false)
  return decoded === undefined ? request : { ...request, body: joinChunks(decoded.chunks), ...marks(decoded) }
}

async function decodeResponse(response: ExchangeResponse, cut: boolean): Promise<ExchangeResponse> {
  const codings = codingsOf(response.headers)
  if (response.contentDecoded || !codings?.length || isEmpty(response.chunks)) return response
  const decoded = await decodeChunks(response.chunks, codings, cut)
  return decoded === undefined ? response : { ...response, chunks: decoded.chunks, ...marks(decoded) }
}

type Marks = Pick<ExchangeResponse, 'contentDecoded' | 'bareDeflate'>

const marks = ({ bareDeflate }: Decoded): Marks => ({
  contentDecoded: true,
  ...(bareDeflate ? { bareDeflate } : {}),
})

async function encodeRequest({
  contentDecoded,
  bareDeflate,
  ...request
}: ExchangeRequest): Promise<ExchangeRequest> {
  const { body, headers } = request
  if (body === null) return request
  const formats = formatsOf(headers, { contentDecoded, bareDeflate })
  const chunks = await encoded([{ data: body, delayMs: 0 }], formats, false)
  const wire = joinChunks(chunks)
  return { ...request, body: wire, headers: withLength(headers, wire.byteLength) }
}

async function encodeResponse(
  exchange: Exchange,
  { contentDecoded, bareDeflate, ...response }: ExchangeResponse,
): Promise<ExchangeResponse> {
  const { status, headers } = response
  if (exchange.request.method === 'HEAD' || status === 204 || status === 304) return response
  const cut = isCut(exchange)
  const chunks = await encoded(response.chunks, formatsOf(headers, { contentDecoded, bareDeflate }), cut)
  const length = byteLength(chunks)
  const declared = Number(headerValue(headers, 'content-length'))
  // If the failure came after a complete body (unexpected bytes), the length is right.
  const complete = !cut || (contentDecoded !== true && declared === length)
  const promised = complete ? length : Math.max(length + 1, Number.isSafeInteger(declared) ? declared : 0)
  return { ...response, chunks, headers: withLength(headers, promised) }
}

async function encoded(
  chunks: readonly Chunk[],
  formats: readonly Format[],
  cut: boolean,
): Promise<readonly Chunk[]> {
  return formats.length === 0 || isEmpty(chunks) ? chunks : encodeChunks(chunks, formats, cut)
}

function formatsOf(
  headers: HeaderPairs,
  { contentDecoded, bareDeflate }: { [Name in keyof Marks]: Marks[Name] | undefined },
): readonly Format[] {
  if (contentDecoded !== true) return []
  const codings = codingsOf(headers) ?? []
  return bareDeflate ? codings.map((one) => (one === 'deflate' ? 'deflate-raw' : one)) : codings
}

/** The headers with every `content-length` corrected. The same array if nothing was wrong. */
function withLength(headers: HeaderPairs, length: number): HeaderPairs {
  const value = String(length)
  const wrong = headers.some((pair) => isLength(pair) && pair[1] !== value)
  return wrong ? headers.map((pair) => (isLength(pair) ? ([pair[0], value] as const) : pair)) : headers
}

function isLength([name]: readonly [string, string]): boolean {
  return name.toLowerCase() === 'content-length'
}

function isEmpty(chunks: readonly Chunk[]): boolean {
  return chunks.every(({ data }) => data.byteLength === 0)
}

function byteLength(chunks: readonly Chunk[]): number {
  return chunks.reduce((sum, { data }) => sum + data.byteLength, 0)
}
