/** Of so many blank and comment lines in a row, the rest is left out. */
const KEPT_LINES = 200
const [LF, CR, SPACE, TAB, HASH] = [0x0a, 0x0d, 0x20, 0x09, 0x23] as const

/** A part of a text that is left out. */
export interface Cut {
  readonly start: number
  readonly end: number
}

/**
 * Finds long runs of blank and comment lines. A YAML parser makes a token of each: minutes for a file of 10 MB of line ends.
 * Whether a run is inside a scalar, where its lines count, only a lexer can tell.
 */
export function findBlankRuns(text: string): Cut[] {
  const cuts: Cut[] = []
  let lines = 0
  let cutFrom = 0
  for (let start = 0; start < text.length;) {
    const end = blankLineEnd(text, start)
    if (end !== undefined) {
      if (++lines === KEPT_LINES) cutFrom = end
      start = end
      continue
    }
    if (lines > KEPT_LINES) cuts.push({ start: cutFrom, end: start })
    lines = 0
    const next = text.indexOf('\n', start)
    start = next === -1 ? text.length : next + 1
  }
  if (lines > KEPT_LINES) cuts.push({ start: cutFrom, end: text.length })
  return cuts
}

/** The end of the line that begins there; `undefined` if it has content. */
function blankLineEnd(text: string, start: number): number | undefined {
  let at = start
  while (text.charCodeAt(at) === SPACE || text.charCodeAt(at) === TAB) at++
  if (text.charCodeAt(at) === HASH) {
    const end = text.indexOf('\n', at)
    return end === -1 ? undefined : end + 1
  }
  if (text.charCodeAt(at) === CR) at++
  return text.charCodeAt(at) === LF ? at + 1 : undefined
}

/** The text without these parts. */
export function without(text: string, cuts: readonly Cut[]): string {
  let from = 0
  let kept = ''
  for (const { start, end } of cuts) {
    kept += text.slice(from, start)
    from = end
  }
  return kept + text.slice(from)
}

/** The offset in the whole text of an offset in the text without these parts. */
export function offsetBefore(cuts: readonly Cut[], offset: number): number {
  let whole = offset
  for (const { start, end } of cuts) {
    if (whole < start) break
    whole += end - start
  }
  return whole
}
