import { bufferOf } from '../../base/bytes.ts'

/** The bytes of one item of `interactions`, with the comments before it. */
export interface Segment {
  readonly start: number
  readonly end: number
  /** The line of the file on which it starts, from 1. */
  readonly line: number
  /** Where its dash is, after the comments. */
  readonly dash: number
  /** The column of its keys, from 0. */
  readonly column: number
  /** Where the line of its `match` key begins and ends. Absent: it has no such key in block style. */
  readonly match?: readonly [start: number, end: number]
}

/** A cassette file, cut into pieces by a look at the first characters of lines. */
export interface Layout {
  /** The end of the key `interactions` and its colon. */
  readonly keyEnd: number
  /** The end of the line with that key. */
  readonly headEnd: number
  readonly segments: readonly Segment[]
  /** Where the text after the last item begins: other top-level keys, comments. */
  readonly tailStart: number
  /** How many lines are between head and tail. */
  readonly itemLines: number
  /** How many columns are before an item's dash. */
  readonly indent: number
  readonly eol: '\n' | '\r\n'
}

/** The scan ended at an item that is too short for an interaction: reading it gives the error. */
export interface NoItem {
  readonly noItem: Segment
}

/** An interaction has a time, a URL and more. A file of 10 MB may have millions of dashes instead. */
const SHORTEST_ITEM_BYTES = 20

const [LF, CR, SPACE, TAB, HASH, DASH] = [0x0a, 0x0d, 0x20, 0x09, 0x23, 0x2d] as const
const BYTE_ORDER_MARK = Buffer.from('\ufeff')
const INTERACTIONS_LINE = /^(["']?)interactions\1[ \t]*:(?=[ \t\r]|$)/
const NO_ITEMS_ON_LINE = /^[ \t]*(?:\[[ \t]*\]|~|null)?[ \t]*(?:#.*)?\r?$/

/**
 * Finds the items of the block list under the top-level key `interactions`. This is exact and not a guess: everything inside an
 * item of YAML (block scalars, quoted and flow lines too) is indented deeper than its dash. `undefined`: this cannot be told from
 * the indentation (flow style, odd indentation), so a YAML parser must read the file.
 */
export function findSegments(bytes: Uint8Array): Layout | NoItem | undefined {
  const buffer = bufferOf(bytes)
  const head = findHead(buffer)
  const layout = head === undefined ? undefined : new ItemScanner(buffer, head).scan()
  if (layout !== undefined && 'noItem' in layout) return layout
  return head?.saysEmpty === true && layout?.segments.length !== 0 ? undefined : layout
}

interface Head {
  readonly keyEnd: number
  readonly headEnd: number
  readonly line: number
  readonly eol: '\n' | '\r\n'
  /** The line has `[]` or `null`. */
  readonly saysEmpty: boolean
}

function findHead(buffer: Buffer): Head | undefined {
  let line = 1
  for (
    let start = buffer.indexOf(BYTE_ORDER_MARK) === 0 ? BYTE_ORDER_MARK.length : 0;
    start < buffer.length;
    line++
  ) {
    const end = lineEnd(buffer, start)
    const first = buffer[start]
    if (first === 0x69 || first === 0x22 || first === 0x27) {
      const text = buffer.toString('latin1', start, Math.min(end, start + 1000)).replace(/\n$/, '')
      const key = INTERACTIONS_LINE.exec(text)?.[0]
      if (key !== undefined) {
        const rest = text.slice(key.length)
        if (!NO_ITEMS_ON_LINE.test(rest)) return undefined
        const eol = end >= 2 && buffer[end - 1] === LF && buffer[end - 2] === CR ? '\r\n' : '\n'
        return {
          keyEnd: start + key.length,
          headEnd: end,
          line: line + 1,
          eol,
          saysEmpty: /^[ \t]*[[~n]/.test(rest),
        }
      }
    }
    start = end
  }
  return undefined
}

class ItemScanner {
  readonly #buffer: Buffer
  readonly #head: Head
  readonly #segments: Segment[] = []
  #noItem: Segment | undefined
  #indent: number | undefined
  #open: (Omit<Segment, 'end' | 'match'> & { match?: readonly [number, number] }) | undefined
  /** Comments, and blank lines before the first item. They belong to what comes after them. */
  #lead: { start: number; line: number } | undefined

  constructor(buffer: Buffer, head: Head) {
    this.#buffer = buffer
    this.#head = head
  }

  scan(): Layout | NoItem | undefined {
    const buffer = this.#buffer
    let { headEnd: start, line } = this.#head
    for (; start < buffer.length; line++) {
      const end = lineEnd(buffer, start)
      const verdict = this.#line(start, end, line)
      if (verdict === 'unclear') return undefined
      if (this.#noItem !== undefined) return { noItem: this.#noItem }
      if (verdict === 'tail') break
      start = end
    }
    const tail = this.#lead ?? { start, line }
    this.#close(tail.start)
    if (this.#noItem !== undefined) return { noItem: this.#noItem }
    return {
      keyEnd: this.#head.keyEnd,
      headEnd: this.#head.headEnd,
      segments: this.#segments,
      tailStart: tail.start,
      itemLines: tail.line - this.#head.line,
      indent: this.#indent ?? 2,
      eol: this.#head.eol,
    }
  }

  #line(start: number, end: number, line: number): 'item' | 'tail' | 'unclear' {
    const buffer = this.#buffer
    let at = start
    const limit = Math.min(end, this.#indent === undefined ? end : start + this.#indent + 1)
    while (at < limit && buffer[at] === SPACE) at++
    const columns = at - start
    const first = buffer[at]
    if (first === CR && buffer[at + 1] !== LF) return 'unclear'
    if (at === end || first === LF || first === CR) {
      if (this.#open === undefined) this.#lead ??= { start, line }
      return 'item'
    }
    if (this.#indent !== undefined && columns > this.#indent) {
      this.#lead = undefined
      if (this.#open === undefined) return 'unclear'
      if (this.#isMatchLine(start, start + this.#open.column)) this.#open.match ??= [start, end]
      return 'item'
    }
    if (first === HASH) {
      this.#lead ??= { start, line }
      return 'item'
    }
    if (first === DASH && isBlank(buffer[at + 1])) {
      this.#indent ??= columns
      return columns === this.#indent ? this.#begin(start, at, line) : 'unclear'
    }
    return columns === 0 && first !== TAB ? 'tail' : 'unclear'
  }

  #begin(start: number, dash: number, line: number): 'item' {
    const from = this.#lead ?? { start, line }
    this.#close(from.start)
    let key = dash + 1
    while (this.#buffer[key] === SPACE) key++
    this.#open = { ...from, dash, column: key - start }
    this.#lead = undefined
    return 'item'
  }

  #close(end: number): void {
    if (this.#open !== undefined) {
      const segment = { ...this.#open, end }
      this.#segments.push(segment)
      if (end - segment.dash < SHORTEST_ITEM_BYTES) this.#noItem ??= segment
    }
    this.#open = undefined
  }

  #isMatchLine(start: number, key: number): boolean {
    // `match:` at the column of the item's keys.
    if (this.#buffer[key] !== 0x6d || this.#buffer[key + 5] !== 0x3a) return false
    for (let at = start; at < key; at++) if (this.#buffer[at] !== SPACE) return false
    return this.#buffer.toString('latin1', key, key + 6) === 'match:'
  }
}

function lineEnd(buffer: Buffer, start: number): number {
  const end = buffer.indexOf(LF, start)
  return end === -1 ? buffer.length : end + 1
}

function isBlank(byte: number | undefined): boolean {
  return byte === undefined || byte === SPACE || byte === LF || byte === CR || byte === TAB
}
