/** The bytes from `start` to `end` (exclusive) are `patterns[pattern]`. */
export interface Match {
  readonly start: number
  readonly end: number
  readonly pattern: number
}

export interface ByteMatcher {
  /**
   * Every occurrence of every pattern, by ascending start. If several start at the same place, only the longest. Overlapping
   * occurrences of one pattern become one match.
   */
  find(bytes: Uint8Array): Match[]
}

const NONE: ByteMatcher = { find: () => [] }
const BLOCK = 3

/**
 * Searches for many patterns in one pass without reading every byte (Wu and Manber, "A Fast Algorithm for Multi-Pattern
 * Searching", 1994): for each block of three bytes, a table says how far the search may jump. Ignores patterns of less than
 * three bytes.
 */
export function compileMatcher(patterns: readonly Uint8Array[]): ByteMatcher {
  const usable = patterns.map((_, index) => index).filter((index) => lengthOf(patterns, index) >= BLOCK)
  if (usable.length === 0) return NONE
  const window = Math.min(255, ...usable.map((index) => lengthOf(patterns, index)))
  const jumps = new Uint8Array(65_536).fill(window - BLOCK + 1)
  const buckets = new Map<number, number[]>()
  for (const index of usable) {
    const pattern = patterns[index] as Uint8Array
    for (let end = BLOCK - 1; end < window; end += 1) {
      const block = blockAt(pattern, end)
      jumps[block] = Math.min(jumps[block] as number, window - 1 - end)
      if (end === window - 1) buckets.set(block, [...(buckets.get(block) ?? []), index])
    }
  }
  for (const [block, indices] of buckets) {
    const longestFirst = indices.toSorted((a, b) => lengthOf(patterns, b) - lengthOf(patterns, a))
    buckets.set(block, longestFirst)
  }

  function find(bytes: Uint8Array): Match[] {
    const matches: Match[] = []
    const { length } = bytes
    let at = window - 1
    while (at < length) {
      const block = blockAt(bytes, at)
      const jump = jumps[block] as number
      if (jump > 0) {
        at += jump
        continue
      }
      const start = at - window + 1
      const index = buckets.get(block)?.find((candidate) => standsAt(bytes, start, patterns[candidate]))
      if (index !== undefined) add(matches, { start, end: start + lengthOf(patterns, index), pattern: index })
      at += 1
    }
    return matches
  }

  return { find }
}

function add(matches: Match[], match: Match): void {
  const last = matches.at(-1)
  if (last?.pattern === match.pattern && match.start < last.end)
    matches[matches.length - 1] = { ...last, end: match.end }
  else matches.push(match)
}

function lengthOf(patterns: readonly Uint8Array[], index: number): number {
  return patterns[index]?.length ?? 0
}

/** A number below 65536 for the three bytes that end at `end`. Different blocks may have the same number. */
function blockAt(bytes: Uint8Array, end: number): number {
  const first = bytes[end - 2] as number
  const second = bytes[end - 1] as number
  const third = bytes[end] as number
  return (first & 31) | ((second & 63) << 5) | ((third & 31) << 11)
}

function standsAt(bytes: Uint8Array, start: number, pattern: Uint8Array | undefined): boolean {
  if (pattern === undefined || start + pattern.length > bytes.length) return false
  for (let offset = 0; offset < pattern.length; offset += 1) {
    if (bytes[start + offset] !== pattern[offset]) return false
  }
  return true
}
