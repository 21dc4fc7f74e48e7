import { bufferOf } from './bytes.ts'

/** What stands in place of some bytes. Offsets are those of a whole of which there may be only a part. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: Uint8Array
}

/**
 * The bytes with the edits made that fall into them. One that goes on in the next part is made in the part in which it begins.
 * @param at where the part stands in the whole
 * @param edits sorted, none over another
 */
export function splice(part: Uint8Array, at: number, edits: readonly Edit[]): Uint8Array {
  const end = at + part.byteLength
  const here = edits.filter((edit) => edit.start < end && edit.end > at)
  if (here.length === 0) return part
  const pieces: Uint8Array[] = []
  let from = 0
  for (const edit of here) {
    if (edit.start >= at) pieces.push(part.subarray(from, edit.start - at), edit.text)
    from = Math.min(part.byteLength, edit.end - at)
  }
  return Buffer.concat([...pieces, bufferOf(part.subarray(from))])
}
