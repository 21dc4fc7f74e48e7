import { byteTextOf } from '../byte-text.ts'
import { type Edit, PLACEHOLDER } from '../edits.ts'
import type { Match } from './byte-matcher.ts'
import type { Base64Pattern } from './secret-patterns.ts'

export interface Base64Place {
  /** The text that the match was found in. */
  readonly bytes: Uint8Array
  readonly match: Match
  readonly pattern: Base64Pattern
  /** `/` ends a base64 text: it separates the segments of a URL's path. */
  readonly slashEnds: boolean
  /** Finds the secrets in decoded bytes: in ascending order, without overlaps. */
  readonly locate: (decoded: Uint8Array) => readonly Edit[]
}

/**
 * Redacts a secret inside a base64 text and keeps it valid base64: decoded, `user:SECRET` becomes `user:REDACTED`. Up to two
 * dots lengthen the placeholder, so that the text needs no padding. (The original padding depends on the length of the secret
 * and on the sender.) Offsets are those of `place.bytes`. `undefined` if the text cannot be decoded as base64.
 */
export function redactBase64Run(place: Base64Place): Edit | undefined {
  const { bytes, match, pattern } = place
  const start = match.start - pattern.lead
  if (start < 0 || !isRun(bytes, start, match.start)) return undefined
  const alphabetEnd = runEnd(place)
  // A single character after the last full group encodes no byte, so it is not part of the text.
  const end = (alphabetEnd - start) % 4 === 1 ? alphabetEnd - 1 : alphabetEnd
  if (end < match.end) return undefined
  const encoded = byteTextOf(bytes.subarray(start, end))
  const decoded = Buffer.from(encoded, 'base64')
  const found = decoded.subarray(pattern.alignment, pattern.alignment + pattern.plain.length)
  if (!found.equals(pattern.plain)) return undefined
  const redacted = redactDecoded(decoded, place.locate(decoded))
  const isUrl = /[-_]/.test(encoded)
  const closed = end === alphabetEnd ? paddingEnd(bytes, end) : end
  // A stand-in with a number is encoded as a client encodes it in replay.
  const isPadded = closed > end || (!isUrl && encoded.length % 4 === 0)
  const plain = redacted.toString(isUrl ? 'base64url' : 'base64')
  return { start, end: closed, text: isPadded ? plain : plain.replace(/=+$/, '') }
}

function redactDecoded(decoded: Buffer, secrets: readonly Edit[]): Buffer {
  const length = secrets.reduce(
    (sum, { start, end, text }) => sum - (end - start) + text.length,
    decoded.length,
  )
  const isNumbered = secrets.some(({ text }) => text !== PLACEHOLDER)
  const filler = isNumbered ? '' : '.'.repeat((3 - (length % 3)) % 3)
  const pieces: Buffer[] = []
  let position = 0
  for (const { start, end, text } of secrets) {
    const placeholder = position === 0 && pieces.length === 0 ? text + filler : text
    pieces.push(decoded.subarray(position, start), Buffer.from(placeholder))
    position = end
  }
  return Buffer.concat([...pieces, decoded.subarray(position)])
}

function runEnd({ bytes, match, slashEnds }: Base64Place): number {
  const rest = bytes.subarray(match.end)
  const length = rest.findIndex((byte) => !isBase64(byte) || (slashEnds && byte === 0x2f))
  return length === -1 ? bytes.length : match.end + length
}

function paddingEnd(bytes: Uint8Array, from: number): number {
  let end = from
  while (end < from + 2 && bytes[end] === 0x3d) end += 1
  return end
}

function isRun(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes.subarray(start, end).every(isBase64)
}

/** Whether a byte belongs to one of the two alphabets. */
function isBase64(byte: number): boolean {
  const letter = byte | 0x20
  if (letter >= 0x61 && letter <= 0x7a) return true
  if (byte >= 0x2f && byte <= 0x39) return true
  return byte === 0x2b || byte === 0x2d || byte === 0x5f
}
