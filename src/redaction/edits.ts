import { createHash } from 'node:crypto'

import { bufferOf } from '../base/bytes.ts'
import { isNumbered } from '../base/numbered.ts'
import type { ByteText } from './byte-text.ts'
import { bytesOfText } from './byte-text.ts'

/** Replaces every secret. It is the same for all secrets, because a redacted request must still match on replay. */
export const PLACEHOLDER = 'REDACTED'

/** Stands for a value that is hidden and counts: two values stay two. */
export function digestOf(name: string, value: string): string {
  const hash = createHash('sha256').update(`${name}\0${value}`).digest('hex')
  return `${PLACEHOLDER}-${hash.slice(0, 12)}`
}

/** Replaces the bytes from `start` to `end` (exclusive). */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: ByteText
  /** The secret is a word that may also be the name of a field or a part of a path. There it stays. */
  readonly mayBeName?: true
}

/** Whether a value is what replaces a secret: the placeholder, or a stand-in with a number. */
export const isStandIn = (value: string): boolean => value === PLACEHOLDER || isNumbered(value)

export function placeholderEdit(start: number, end: number): Edit {
  return { start, end, text: PLACEHOLDER }
}

/**
 * Sorts edits and removes overlaps. An edit inside another is dropped. Edits that overlap otherwise become one placeholder
 * over both.
 */
export function mergeEdits(edits: readonly Edit[]): Edit[] {
  if (edits.length < 2) return [...edits]
  const merged: Edit[] = []
  for (const edit of edits.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1)
    if (last === undefined || edit.start >= last.end) merged.push(edit)
    else if (edit.end > last.end) merged[merged.length - 1] = placeholderEdit(last.start, edit.end)
  }
  return merged
}

/** Bytes, and the offsets at which the chunks end, in ascending order. */
export interface CutBytes {
  readonly bytes: Uint8Array
  readonly cuts: readonly number[]
}

/** Applies edits that {@link mergeEdits} has sorted. Returns the same object if there are no edits. */
export function applyEdits(source: CutBytes, edits: readonly Edit[]): CutBytes {
  if (edits.length === 0) return source
  const buffer = bufferOf(source.bytes)
  const pieces: Buffer[] = []
  let position = 0
  for (const { start, end, text } of edits) {
    pieces.push(buffer.subarray(position, start), bytesOfText(text))
    position = end
  }
  pieces.push(buffer.subarray(position))
  return { bytes: Buffer.concat(pieces), cuts: moveCuts(source.cuts, edits) }
}

/** The cuts after the edits. A cut inside an edit moves to the end of its replacement. */
function moveCuts(cuts: readonly number[], edits: readonly Edit[]): number[] {
  let shift = 0
  let next = 0
  return cuts.map((cut) => {
    for (let edit = edits[next]; edit !== undefined && edit.start < cut; edit = edits[next]) {
      shift += edit.text.length - (edit.end - edit.start)
      next += 1
    }
    const reached = edits[next - 1]
    return reached !== undefined && reached.end > cut ? reached.end + shift : cut + shift
  })
}

/** Like {@link applyEdits}, for text. */
export function editText(text: ByteText, edits: readonly Edit[]): ByteText {
  if (edits.length === 0) return text
  let result = ''
  let position = 0
  for (const edit of edits) {
    result += text.slice(position, edit.start) + edit.text
    position = edit.end
  }
  return result + text.slice(position)
}
