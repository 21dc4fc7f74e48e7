import { joinChunks } from '../../base/bytes.ts'
import { RedactionError } from '../../errors/redaction-error.ts'
import type { Chunk } from '../../exchange/exchange.ts'
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

/** The chunks of a redacted body. If nothing is left of a chunk, the next one gets its delay. */
export function splitChunks({ bytes, cuts }: CutBytes, originals: readonly Chunk[]): Chunk[] {
  const chunks: Chunk[] = []
  let start = 0
  let delayMs = 0
  let held: string[] = []
  for (const [index, original] of originals.entries()) {
    const end = cuts[index] ?? bytes.length
    delayMs += original.delayMs
    held.push(...(original.since ?? []))
    if (end === start && original.data.length > 0) continue
    chunks.push({ ...original, data: bytes.subarray(start, end), delayMs, ...sinceOf(held) })
    start = end
    delayMs = 0
    held = []
  }
  return chunks
}

/** The first chunk. A body that was decoded has no other. */
export function oneChunk(chunks: readonly Chunk[]): Chunk {
  const [first] = chunks
  if (first === undefined) throw new RedactionError('A response without chunks has a body.')
  return first
}
