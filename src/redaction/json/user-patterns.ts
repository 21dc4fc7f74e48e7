import type { ByteText } from '../byte-text.ts'
import { fromByteText } from '../byte-text.ts'
import type { LinearPattern } from '../search/linear-pattern.ts'
import type { Edit } from '../edits.ts'
import { mergeEdits, PLACEHOLDER, placeholderEdit } from '../edits.ts'
import type { JsonVisitor } from './scanner.ts'
import { decodeJsonString, locateInJsonString } from './strings.ts'

/** The matches of the user's regular expressions. They get the text as Unicode, with U+FFFD for invalid UTF-8. */
export function patternEdits(patterns: readonly LinearPattern[], text: ByteText): Edit[] {
  if (patterns.length === 0 || text === '') return []
  const readable = fromByteText(text)
  const isBytes = readable.length === text.length
  const edits: Edit[] = []
  for (const pattern of patterns) {
    let unitsAt = 0
    let bytesAt = 0
    for (const { start: index, end } of pattern.find(readable)) {
      const found = readable.slice(index, end)
      bytesAt += isBytes ? index - unitsAt : Buffer.byteLength(readable.slice(unitsAt, index))
      unitsAt = index
      const length = isBytes ? found.length : Buffer.byteLength(found)
      if (found !== '' && found !== PLACEHOLDER) edits.push(placeholderEdit(bytesAt, bytesAt + length))
    }
  }
  return mergeEdits(edits)
}

/** Applies the user's regular expressions to each string, number and name of a JSON value. A number that matches becomes a string. */
export function patternVisitor<Facts>(
  patterns: readonly LinearPattern[],
  text: ByteText,
): { readonly visitor: JsonVisitor<Facts>; readonly edits: Edit[] } {
  const edits: Edit[] = []
  const content = (start: number, end: number): void => {
    const written = text.slice(start, end)
    const found = patternEdits(patterns, decodeJsonString(written))
    for (const { start: from, end: to } of locateInJsonString(written, found)) {
      edits.push(placeholderEdit(start + from, start + to))
    }
  }
  const visitor: JsonVisitor<Facts> = {
    string: (_, start, end) => content(start, end),
    name: (_, start, end) => content(start, end),
    primitive(_, start, end) {
      if (patternEdits(patterns, text.slice(start, end)).length > 0)
        edits.push({ start, end, text: `"${PLACEHOLDER}"` })
    },
  }
  return { visitor, edits }
}
