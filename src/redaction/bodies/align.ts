import type { Edit } from '../edits.ts'
import { mergeEdits, PLACEHOLDER } from '../edits.ts'
import { PathNode } from '../json/paths.ts'
import { scanJson } from '../json/scanner.ts'
import type { Range } from '../json/strings.ts'
import { wholeEscapes } from '../json/strings.ts'
import type { ScannedRecord } from './records.ts'
import { toBodyEdit } from './records.ts'

const QUOTED = `"${PLACEHOLDER}"`

/**
 * Changes edits of a body's bytes so that its JSON stays JSON. No escape is cut in two. A number becomes a string as a whole.
 * If an edit crosses from one value into the next, the whole record becomes a placeholder. A secret that may be the name of a
 * member stays there.
 */
export function alignToJson(edits: readonly Edit[], records: readonly ScannedRecord[]): Edit[] {
  const aligned: Edit[] = []
  const outside = new Set(edits)
  let from = 0
  for (const record of records) {
    const bounds = toBodyEdit(record, { start: record.start, end: record.end, text: '' })
    while (from < edits.length && (edits[from] as Edit).end <= bounds.start) from += 1
    const within: Edit[] = []
    for (let at = from; at < edits.length && (edits[at] as Edit).start < bounds.end; at += 1) {
      const edit = edits[at] as Edit
      within.push(edit)
      if (record.isJson) outside.delete(edit)
    }
    if (within.length > 0 && record.isJson) aligned.push(...alignInRecord(within, record, bounds))
  }
  return mergeEdits([...aligned, ...outside])
}

function alignInRecord(edits: readonly Edit[], record: ScannedRecord, bounds: Edit): Edit[] {
  const aligned: Edit[] = []
  let next = 0
  let crossed = false
  /** The edits that touch a token of the record, by ascending offset. */
  const take = (token: Range): Edit[] => {
    const taken: Edit[] = []
    for (let edit = edits[next]; edit !== undefined && edit.start < token.end; edit = edits[next]) {
      if (edit.start < token.start || edit.end > token.end) crossed = true
      taken.push(edit)
      next += 1
    }
    return taken
  }
  const content = (start: number, end: number, isName = false): void => {
    const token = toBodyEdit(record, { start, end, text: '' })
    const taken = take(token).filter(({ mayBeName }) => !(isName && mayBeName))
    const ranges = taken.map((edit) => ({ start: edit.start - token.start, end: edit.end - token.start }))
    for (const [index, range] of wholeEscapes(record.text.slice(start, end), ranges).entries()) {
      const text = taken[index]?.text ?? PLACEHOLDER
      aligned.push({ start: token.start + range.start, end: token.start + range.end, text })
    }
  }
  const isHit = (start: number, end: number): boolean => {
    const edit = edits[next]
    return edit !== undefined && edit.start < toBodyEdit(record, { start, end, text: '' }).end
  }
  scanJson({
    ...record,
    root: new PathNode(() => undefined),
    indices: [],
    visitor: {
      string: (_, start, end) => isHit(start, end) && content(start, end),
      name: (_, start, end) => isHit(start, end) && content(start, end, true),
      primitive(_, start, end) {
        const token = toBodyEdit(record, { start, end, text: QUOTED })
        if (take(token).length > 0) aligned.push(token)
      },
    },
  })
  // An edit crosses a structure character or the white space at the end.
  if (crossed || next < edits.length) return [{ start: bounds.start, end: bounds.end, text: QUOTED }]
  return aligned
}
