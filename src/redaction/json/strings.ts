import type { ByteText } from '../byte-text.ts'
import { toByteText } from '../byte-text.ts'

export interface Range {
  readonly start: number
  readonly end: number
}

/** Consecutive escapes, so that the halves of a surrogate pair stay together. */
const ESCAPES = /(?:\\(?:u[0-9a-fA-F]{4}|[^u]))+/g
const ESCAPE = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[^u])/y

/** Decodes the content of a JSON string. Returns it unchanged if it has an escape that JSON does not define. */
export function decodeJsonString(raw: ByteText): ByteText {
  if (!raw.includes('\\')) return raw
  try {
    // UTF-8 bytes stay unchanged. Only decoded escapes must be converted to bytes.
    return raw.replace(ESCAPES, (escapes) => toByteText(JSON.parse(`"${escapes}"`) as string))
  } catch {
    return raw
  }
}

/** Maps ranges of the decoded text (ascending, not overlapping) to the content of the JSON string. */
export function locateInJsonString(raw: ByteText, ranges: readonly Range[]): Range[] {
  if (ranges.length === 0 || decodeJsonString(raw) === raw) return [...ranges]
  const escapes = [...escapesOf(raw)]
  let next = 0
  let rawAt = 0
  let decodedAt = 0
  /** The escape that contains that offset of the decoded text, or the position between escapes. */
  const locate = (offset: number, isEnd: boolean): number => {
    for (let escape = escapes[next]; escape !== undefined; escape = escapes[next]) {
      const escapeAt = decodedAt + escape.start - rawAt
      if (offset <= escapeAt) break
      const after = escapeAt + decodeJsonString(raw.slice(escape.start, escape.end)).length
      if (offset < after) return isEnd ? escape.end : escape.start
      rawAt = escape.end
      decodedAt = after
      next += 1
    }
    return rawAt + offset - decodedAt
  }
  return ranges.map(({ start, end }) => ({ start: locate(start, false), end: locate(end, true) }))
}

/** Widens ranges of a JSON string's content (ascending) so that they cut no escape in two. */
export function wholeEscapes(raw: ByteText, ranges: readonly Range[]): Range[] {
  if (!raw.includes('\\')) return [...ranges]
  const widened = ranges.map(({ start, end }) => ({ start, end }))
  let first = 0
  for (const escape of escapesOf(raw)) {
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

function* escapesOf(raw: ByteText): Generator<Range> {
  let at = raw.indexOf('\\')
  while (at !== -1) {
    ESCAPE.lastIndex = at
    const end = at + (ESCAPE.exec(raw)?.[0].length ?? 1)
    yield { start: at, end }
    at = raw.indexOf('\\', end)
  }
}
