import { bufferOf } from '../../base/bytes.ts'
import { byteTextOf, bytesOfText } from '../byte-text.ts'
import { type Edit, mergeEdits } from '../edits.ts'
import type { ContentType } from '../../exchange/headers.ts'
import type { TextSearch } from '../search/text-search.ts'
import { isCompressed } from './compressed.ts'
import { kindOf, SNIFFED_BYTES } from '../parts/body-kind.ts'
import { isMarkup } from './markup.ts'

/** A larger body of text or of other bytes is searched window by window, so that it is in memory only once. */
export const LARGE_BYTES = 16 * 1024 * 1024
const WINDOW_BYTES = 4 * 1024 * 1024
/** How much is read before and after a window: a secret may cross its end, and what stands around a secret counts. */
const AROUND_BYTES = 64 * 1024

/**
 * Redacts a large body whose structure does not count.
 * @param pieces the body
 * @returns the pieces, each with its changes; the same array if nothing was found; `undefined`: the body has to be read as a whole
 */
export function redactLarge(
  pieces: readonly Uint8Array[],
  contentType: ContentType | undefined,
  search: TextSearch,
): readonly Uint8Array[] | undefined {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  if (length <= LARGE_BYTES) return undefined
  const head = slice(pieces, 0, SNIFFED_BYTES)
  const kind = kindOf(head, contentType)
  if (isCompressed(head) || (kind !== 'binary' && kind !== 'text')) return undefined
  const find = (bytes: Buffer): readonly Edit[] =>
    kind === 'binary' ? search.literals.inBinary(bytes) : search.find(byteTextOf(bytes))
  if (kind === 'text' && isMarkup(byteTextOf(head))) return undefined
  const edits = inWindows(pieces, length, find)
  return edits.length === 0 ? pieces : editedPieces(pieces, edits)
}

function inWindows(
  pieces: readonly Uint8Array[],
  length: number,
  find: (bytes: Buffer) => readonly Edit[],
): Edit[] {
  const edits: Edit[] = []
  for (let start = 0; start < length; start += WINDOW_BYTES) {
    const from = Math.max(0, start - AROUND_BYTES)
    const limit = start + WINDOW_BYTES
    for (let around = AROUND_BYTES; ; around *= 4) {
      const to = Math.min(length, limit + around)
      const found = find(slice(pieces, from, to))
        .map((edit) => ({ ...edit, start: edit.start + from, end: edit.end + from }))
        .filter((edit) => edit.start >= start && edit.start < limit)
      // A secret may be longer than what was read.
      if (to < length && found.some(({ end }) => end === to)) continue
      edits.push(...found)
      break
    }
  }
  return mergeEdits(edits)
}

/** @param from @param to offsets in the body */
function slice(pieces: readonly Uint8Array[], from: number, to: number): Buffer {
  const parts: Uint8Array[] = []
  let start = 0
  for (const piece of pieces) {
    const end = start + piece.length
    if (end > from && start < to) parts.push(piece.subarray(Math.max(0, from - start), to - start))
    if (end >= to) break
    start = end
  }
  return parts.length === 1 && parts[0] ? bufferOf(parts[0]) : Buffer.concat(parts)
}

/** The replacement of an edit belongs to the piece in which the edit starts. A piece without an edit is not copied. */
function editedPieces(pieces: readonly Uint8Array[], edits: readonly Edit[]): Uint8Array[] {
  let start = 0
  let next = 0
  let done = 0
  return pieces.map((piece) => {
    const end = start + piece.length
    const parts: Uint8Array[] = []
    const keep = (to: number): void => {
      if (to > done) parts.push(piece.subarray(Math.max(0, done - start), to - start))
      done = Math.max(done, to)
    }
    for (let edit = edits[next]; edit !== undefined && edit.start < end; edit = edits[++next]) {
      keep(edit.start)
      parts.push(bytesOfText(edit.text))
      done = Math.max(done, edit.end)
    }
    keep(end)
    start = end
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
  })
}
