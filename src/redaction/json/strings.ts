import type { ByteText } from '../byte-text.ts'
import { toByteText } from '../byte-text.ts'

export interface Range {
  readonly start: number
  readonly end: number
}

/** Consecutive escapes, so that the halves of a surrogate pair stay together. */
const ESCAPES = /(?:\\(?:u[0-9a-fA-F]{4}|[^u]))+/g
const ESCAPE = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[^u])/y

/** Decodes the content of a JSON string as it is written. Returns it unchanged if it has an escape that JSON does not define. */
export function decodeJsonString(written: ByteText): ByteText {
  if (!written.includes('\\')) return written
  try {
    // UTF-8 bytes stay unchanged. Only decoded escapes must be converted to bytes.
    return written.replace(ESCAPES, (escapes) => toByteText(JSON.parse(`"${escapes}"`) as string))
  } catch {
    return written
  }
}

/** Maps ranges of the decoded text (ascending, not overlapping) to the content of the JSON string. */
export function locateInJsonString(written: ByteText, ranges: readonly Range[]): Range[] {
  if (ranges.length === 0 || decodeJsonString(written) === written) return [...ranges]
  const escapes = [...escapesOf(written)]
  let next = 0
  let writtenAt = 0
  let decodedAt = 0
  /** The escape that contains that offset of the decoded text, or the position between escapes. */
  const locate = (offset: number, isEnd: boolean): number => {
    for (let escape = escapes[next]; escape !== undefined; escape = escapes[next]) {
      const escapeAt = decodedAt + escape.start - writtenAt
      if (offset <= escapeAt) break
      const after = escapeAt + decodeJsonString(written.slice(escape.start, escape.end)).length
      if (offset < after) return isEnd ? escape.end : escape.start
      writtenAt = escape.end
      decodedAt = after
      next += 1
    }
    return writtenAt + offset - decodedAt
  }
  return ranges.map(({ start, end }) => ({ start: locate(start, false), end: locate(end, true) }))
}

/** Widens ranges of a JSON string's content (ascending) so that they cut no escape in two. */
export function wholeEscapes(written: ByteText, ranges: readonly Range[]): Range[] {
  if (!written.includes('\\')) return [...ranges]
  const widened = ranges.map(({ start, end }) => ({ start, end }))
  let first = 0
  for (const escape of escapesOf(written)) {
    while ((widened[first]?.end ?? Number.POSITIVE_INFINITY) <= escape.start) first += 1
    for (let at = first; at < widened.length; at += 1) {
      const range = widened[at]
      if (range === undefined || range.start >= escape.end) break
      if (range.start > escape.start) range.start = escape.start
      if (range.end > escape.start && range.end < escape.end) range.end = escape.end
    }
    if (first === widened.length) break
  }
  return widened
}

function* escapesOf(written: ByteText): Generator<Range> {
  let at = written.indexOf('\\')
  while (at !== -1) {
    ESCAPE.lastIndex = at
    const end = at + (ESCAPE.exec(written)?.[0].length ?? 1)
    yield { start: at, end }
    at = written.indexOf('\\', end)
  }
}
