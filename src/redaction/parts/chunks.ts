import { joinChunks } from '../../base/bytes.ts'
import { RedactionError } from '../../errors/redaction-error.ts'
import type { Chunk, ExchangeResponse } from '../../exchange/exchange.ts'
import { headerValue } from '../../exchange/headers.ts'
import { sinceOf } from '../../exchange/since.ts'
import type { CutBytes } from '../edits.ts'

/** The whole body, with the ends of the chunks. A single chunk is not copied. */
export function wholeBody(chunks: readonly Chunk[]): CutBytes {
  const [first] = chunks
  let end = 0
  const cuts = chunks.map(({ data }) => (end += data.length))
  if (first === undefined) return { bytes: new Uint8Array(), cuts }
  return { bytes: joinChunks(chunks), cuts }
}

/** The chunks of a redacted body. */
export function splitChunks({ bytes, cuts }: CutBytes, originals: readonly Chunk[]): Chunk[] {
  let start = 0
  const pieces = originals.map((_, index) => {
    const end = cuts[index] ?? bytes.length
    const piece = bytes.subarray(start, end)
    start = end
    return piece
  })
  return withData(originals, pieces)
}

/** The chunks with what is left of each. If that is nothing, the next one gets its delay. */
export function withData(originals: readonly Chunk[], pieces: readonly Uint8Array[]): Chunk[] {
  const chunks: Chunk[] = []
  let delayMs = 0
  let held: string[] = []
  for (const [index, original] of originals.entries()) {
    const data = pieces[index] ?? new Uint8Array()
    delayMs += original.delayMs
    held.push(...(original.since ?? []))
    if (data.length === 0 && original.data.length > 0) continue
    chunks.push({ ...original, data, delayMs, ...sinceOf(held) })
    delayMs = 0
    held = []
  }
  return chunks
}

/** Whether a body has no content coding, or none any more. */
export const isReadable = ({ headers, contentDecoded }: ExchangeResponse): boolean =>
  contentDecoded === true || headerValue(headers, 'content-encoding') === undefined

/** The first chunk. A body that was decoded has no other. */
export function oneChunk(chunks: readonly Chunk[]): Chunk {
  const [first] = chunks
  if (first === undefined) throw new RedactionError('A response without chunks has a body.')
  return first
}
