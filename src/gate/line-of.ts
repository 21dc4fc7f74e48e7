import type { Cassette } from '../cassette/cassette.ts'

const starts = new WeakMap<Cassette, readonly number[]>()

/** The line of an interaction in its file, counted from 1. */
export function lineOf(cassette: Cassette, at: number): number {
  let lines = starts.get(cassette)
  if (lines === undefined) {
    let next = 1 + countOf(cassette.envelope.head + cassette.envelope.restOfLine)
    lines = cassette.entries.map(({ text }) => {
      const start = next
      next += countOf(text)
      return start
    })
    starts.set(cassette, lines)
  }
  return lines[at] ?? 1
}

function countOf(text: string | Uint8Array): number {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  let lines = 0
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) lines += 1
  return lines
}
