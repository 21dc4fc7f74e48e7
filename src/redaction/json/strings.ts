import type { ByteText } from '../byte-text.ts'
import { toByteText } from '../byte-text.ts'

export interface Range {
  readonly start: number
  readonly end: number
}

/** Escapes in a row, so that the halves of a surrogate pair stay together. */
const ESCAPES = /(?:\\(?:u[0-9a-fA-F]{4}|[^u]))+/g
const ESCAPE = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[^u])/y

/** What the inside of a JSON string stands for; itself where it has an escape that JSON does not know. */
export function decodeJsonString(raw: ByteText): ByteText {
  if (!raw.includes('\\')) return raw
  try {
    // The bytes of UTF-8 pass through as they are; only what an escape stands for must be made bytes.
    return raw.replace(ESCAPES, (escapes) => toByteText(JSON.parse(`"${escapes}"`) as string))
  } catch {
    return raw
  }
}

/** Where these ranges of the decoded text (ascending, apart) stand in the inside of the JSON string. */
export function locateInJsonString(raw: ByteText, ranges: readonly Range[]): Range[] {
  if (ranges.length === 0 || decodeJsonString(raw) === raw) return [...ranges]
  const escapes = [...escapesOf(raw)]
  let next = 0
  let rawAt = 0
  let decodedAt = 0
  /** The escape that holds that offset of the decoded text, or where the offset stands between escapes. */
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

/** Ranges of the inside of a JSON string (ascending), widened so that they cut no escape in two. */
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
