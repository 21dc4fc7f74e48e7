import type { ByteText } from '../byte-text.ts'
import { type Edit, mergeEdits } from '../edits.ts'
import { decodeJsonString, locateInJsonString } from './strings.ts'

/** Spaces and line ends, also as escapes, before an object or array that has a string. */
const IS_JSON = /^(?:\s|\\[nrt])*[[{]/

/**
 * What to replace in a JSON string that holds JSON.
 * @param written the content of the string, as it is written
 * @param find what to replace in the text that the string holds
 * @returns edits of the content, in order
 */
export function nestedEdits(written: ByteText, find: (text: ByteText) => readonly Edit[]): Edit[] {
  if (!IS_JSON.test(written) || !written.includes('\\"')) return []
  const inner = mergeEdits(find(decodeJsonString(written)))
  return locateInJsonString(written, inner).map((range, at) => ({ ...range, text: inner[at]?.text ?? '' }))
}
