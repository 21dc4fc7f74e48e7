import { constants, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import { type CutBytes, applyEdits } from '../edits.ts'
import { byteTextOf } from '../byte-text.ts'

/** A file that decompresses to more bytes than this is searched as it is. */
const MAX_BYTES = 64 * 1024 * 1024

/**
 * Redacts a body that is compressed without a header that says so (a downloaded `.gz`, a compressed upload), and compresses it again.
 * @returns the same object if it is not compressed in this way or if nothing was found in it
 */
export function redactCompressed(body: CutBytes, redact: (plain: CutBytes) => CutBytes): CutBytes {
  const coding = codingOf(body.bytes)
  if (coding === undefined) return body
  let bytes: Uint8Array
  try {
    bytes = coding.decode(body.bytes)
  } catch {
    return body
  }
  const source = { bytes, cuts: [] }
  const redacted = redact(source)
  if (redacted === source) return body
  const text = byteTextOf(coding.encode(redacted.bytes))
  return applyEdits(body, [{ start: 0, end: body.bytes.length, text }])
}

/** Whether a body begins as one that {@link redactCompressed} decompresses. */
export const isCompressed = (head: Uint8Array): boolean => codingOf(head) !== undefined

interface Coding {
  readonly decode: (bytes: Uint8Array) => Uint8Array
  readonly encode: (bytes: Uint8Array) => Uint8Array
}

const LIMITS = { maxOutputLength: MAX_BYTES, finishFlush: constants.Z_SYNC_FLUSH }

/** By the first bytes: RFC 1952, section 2.3.1, and RFC 1950, section 2.2. */
function codingOf([first = 0, second = 0, third = 0]: Uint8Array): Coding | undefined {
  if (first === 0x1f && second === 0x8b && third === 8)
    return { decode: (bytes) => gunzipSync(bytes, LIMITS), encode: (bytes) => gzipSync(bytes) }
  if (first === 0x78 && (first * 256 + second) % 31 === 0)
    return { decode: (bytes) => inflateSync(bytes, LIMITS), encode: (bytes) => deflateSync(bytes) }
  return undefined
}
