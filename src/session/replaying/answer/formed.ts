import { bufferOf } from '../../../base/bytes.ts'
import { replaceNumbered } from '../../../base/numbered.ts'
import type { Exchange, ExchangeResponse, HeaderPairs } from '../../../exchange/exchange.ts'
import { makeGiven } from '../../../exchange/given-form.ts'
import { contentTypeOf } from '../../../exchange/headers.ts'
import type { GivenValues } from '../../../redaction/given/given-values.ts'

/**
 * The answer with values in the form of what the server gave, in place of their stand-ins. From then on the session knows these
 * values.
 * @param seconds by which the times in them are later
 */
export function formed(exchange: Exchange, given: GivenValues, seconds: number): Exchange {
  const { response } = exchange
  if (!response?.forms) return exchange
  const made = new Map<string, string>()
  for (const [standIn, form] of Object.entries(response.forms)) {
    const value = makeGiven(standIn, form, seconds)
    given.made(value, standIn, form)
    made.set(standIn, value)
  }
  return { ...exchange, response: replaced(response, made) }
}

function replaced(response: ExchangeResponse, made: ReadonlyMap<string, string>): ExchangeResponse {
  const inText = (text: string): string => replaceNumbered(text, (standIn) => made.get(standIn) ?? standIn)
  const inHeaders = (headers: HeaderPairs): HeaderPairs =>
    headers.map(([name, value]) => [name, inText(value)] as const)
  const inData = <Part extends { readonly data: Uint8Array }>(part: Part): Part => {
    const text = bufferOf(part.data).toString('latin1')
    const now = inText(text)
    return now === text ? part : { ...part, data: Buffer.from(now, 'latin1') }
  }
  const { headers, chunks, frames, trailers } = response
  // The messages of gRPC have their lengths before them.
  const isText = !/grpc|protobuf/.test(contentTypeOf(headers)?.type ?? '')
  const now = isText ? chunks.map(inData) : chunks
  return {
    ...response,
    headers: withLength(inHeaders(headers), chunks, now),
    chunks: now,
    ...(frames && { frames: frames.map((frame) => ('data' in frame ? inData(frame) : frame)) }),
    ...(trailers && { trailers: inHeaders(trailers) }),
  }
}

const lengthOf = (chunks: ExchangeResponse['chunks']): number =>
  chunks.reduce((sum, { data }) => sum + data.length, 0)

/** A length that was that of the body is that of the new one. */
function withLength(
  headers: HeaderPairs,
  before: ExchangeResponse['chunks'],
  now: ExchangeResponse['chunks'],
): HeaderPairs {
  const length = lengthOf(now)
  if (length === lengthOf(before)) return headers
  return headers.map(([name, value]) => [
    name,
    name.toLowerCase() === 'content-length' ? String(length) : value,
  ])
}
