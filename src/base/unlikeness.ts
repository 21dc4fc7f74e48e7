/** A power of two. */
const TABLE = 1 << 16

/** The bytes that separate words: white space and the punctuation of YAML and JSON. */
const SEPARATES = new Uint8Array(256)
for (const character of ' \t\r\n{}[],:"\'') SEPARATES[character.charCodeAt(0)] = 1

/**
 * Compares texts with one text by their words: the result is the number of words that only one of both has. It is an estimate, in
 * one pass without a copy.
 * @param limit longer texts are compared by so many bytes, half of them at the start, half at the end
 */
export function unlikeness(text: Uint8Array, limit: number): (other: Uint8Array) => number {
  const wanted = new Uint8Array(TABLE)
  const hashes = new Uint16Array(limit + 2)
  const length = hashWords(text, limit, hashes)
  for (const hash of hashes.subarray(0, length)) wanted[hash] = 1
  const distinct = wanted.reduce((sum, one) => sum + one, 0)
  /** For each word of `text`, the last comparison that found it. */
  const foundIn = new Uint32Array(TABLE)
  let comparison = 0
  return (other) => {
    comparison += 1
    let missing = 0
    let found = 0
    const count = hashWords(other, limit, hashes)
    for (let at = 0; at < count; at += 1) {
      const hash = hashes[at] as number
      if (wanted[hash] === 0) missing += 1
      else if (foundIn[hash] !== comparison) {
        foundIn[hash] = comparison
        found += 1
      }
    }
    return missing + distinct - found
  }
}

/** Writes the hashes of the words into `hashes`. Returns how many there are. */
function hashWords(text: Uint8Array, limit: number, hashes: Uint16Array): number {
  if (text.length <= limit) return hashRange(text, { start: 0, end: text.length }, hashes, 0)
  const half = limit >> 1
  const count = hashRange(text, { start: 0, end: half }, hashes, 0)
  return hashRange(text, { start: text.length - half, end: text.length }, hashes, count)
}

function hashRange(
  text: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
  hashes: Uint16Array,
  from: number,
): number {
  let count = from
  let hash = 0
  let isWord = false
  for (let at = start; at < end; at += 1) {
    const byte = text[at] as number
    if (SEPARATES[byte] === 0) {
      hash = (Math.imul(hash, 31) + byte) | 0
      isWord = true
    } else if (isWord) {
      hashes[count] = hash ^ (hash >>> 16)
      count += 1
      hash = 0
      isWord = false
    }
  }
  if (!isWord) return count
  hashes[count] = hash ^ (hash >>> 16)
  return count + 1
}
