import * as fc from 'fast-check'
import type { Chunk } from '../../src/exchange/exchange.ts'

/** One chunk without a delay. */
export function whole(data: string | Uint8Array): Chunk[] {
  return [{ data: typeof data === 'string' ? Buffer.from(data) : data, delayMs: 0 }]
}

export function join(chunks: readonly Chunk[]): Buffer {
  return Buffer.concat(chunks.map(({ data }) => data))
}

/** The bytes, cut at these places (any numbers). There may be empty pieces. */
export function cut(bytes: Uint8Array, places: readonly number[]): Chunk[] {
  const at = places.map((place) => place % (bytes.byteLength + 1)).toSorted((a, b) => a - b)
  return [0, ...at].map((start, index) => ({
    data: bytes.subarray(start, at[index] ?? bytes.byteLength),
    delayMs: 0,
  }))
}

export function cuts(): fc.Arbitrary<number[]> {
  return fc.array(fc.nat(), { maxLength: 6 })
}
