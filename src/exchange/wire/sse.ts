import { bufferOf } from '../../base/bytes.ts'

/**
 * One line of an event. All offsets count UTF-16 units of the text given to {@link parseSse},
 * or bytes of the buffer given to {@link parseSseBytes}.
 */
export interface SseLine {
  readonly start: number
  /** End of the line's content, before its terminator. */
  readonly end: number
  readonly terminator: '\n' | '\r\n' | '\r' | ''
  /** As written (field names are case-sensitive); `''` for a comment. */
  readonly field: string
  /** Where the value starts: after the colon and one space; `end` if the line has no colon. */
  readonly valueStart: number
  /** The text from `valueStart` to `end`. */
  readonly value: string
}

/**
 * The block between two blank lines: an event, or a block that dispatches none (only comments, or only a blank line). The
 * blocks of a stream cover it without gaps, except for a leading BOM.
 */
export interface SseEvent {
  readonly start: number
  /** After the blank line that ends the block. */
  readonly end: number
  /** The line end of the blank line that ends the block. `''`: the stream ended first, so no client dispatches the event. */
  readonly terminator: '\n' | '\r\n' | '\r' | ''
  readonly lines: readonly SseLine[]
  /** The `data` lines joined with LF. Absent: there are none, so no client dispatches an event. */
  readonly data?: string
  /** The last `event` line. */
  readonly event?: string
  /** The last `id` line that has no NUL in it. */
  readonly id?: string
  /** Milliseconds: the last `retry` line that is only digits. */
  readonly retry?: number
}

/**
 * Parses a whole event stream by the rules of the WHATWG HTML standard, "Interpreting an event stream": LF, CRLF and CR end a
 * line, a leading BOM is skipped, one space after the colon is dropped. An event that is cut short by the end of the stream is
 * yielded too, with `terminator: ''`. Offsets count UTF-16 units.
 */
export function parseSse(text: string): Generator<SseEvent, void, void> {
  return parseBlocks(text, text.startsWith('\uFEFF') ? 1 : 0, (slice) => slice)
}

/** {@link parseSse} for bytes: offsets count bytes, and invalid UTF-8 becomes U+FFFD. */
export function parseSseBytes(bytes: Uint8Array): Generator<SseEvent, void, void> {
  const buffer = bufferOf(bytes)
  // Every character that the parser looks for is ASCII. In latin1 each character is one byte.
  const latin1 = buffer.toString('latin1')
  return parseBlocks(latin1, latin1.startsWith('\u00EF\u00BB\u00BF') ? 3 : 0, (slice, start, end) =>
    /^[\0-\x7F]*$/.test(slice) ? slice : buffer.toString('utf8', start, end),
  )
}

type Decode = (slice: string, start: number, end: number) => string

function* parseBlocks(text: string, from: number, decode: Decode): Generator<SseEvent, void, void> {
  let start = from
  let position = from
  let lines: SseLine[] = []
  const ends = lineEnds(text)
  while (position < text.length) {
    const end = ends(position)
    const terminator = terminatorAt(text, end)
    const next = end + terminator.length
    if (end === position) {
      yield toEvent({ start, end: next, terminator, lines })
      start = next
      lines = []
    } else {
      lines.push(parseLine({ text, start: position, end, terminator, decode }))
    }
    position = next
  }
  if (lines.length > 0) yield toEvent({ start, end: position, terminator: '', lines })
}

/** Finds the next CR or LF. Remembers the later one of both, so a stream without CR is scanned only once. */
function lineEnds(text: string): (from: number) => number {
  const find = (mark: string, from: number): number => {
    const at = text.indexOf(mark, from)
    return at === -1 ? text.length : at
  }
  let lf = -1
  let cr = -1
  return (from) => {
    if (lf < from) lf = find('\n', from)
    if (cr < from) cr = find('\r', from)
    return Math.min(lf, cr)
  }
}

function terminatorAt(text: string, at: number): SseLine['terminator'] {
  if (at >= text.length) return ''
  if (text[at] === '\n') return '\n'
  return text[at + 1] === '\n' ? '\r\n' : '\r'
}

interface RawLine extends Pick<SseLine, 'start' | 'end' | 'terminator'> {
  readonly text: string
  readonly decode: Decode
}

function parseLine({ text, start, end, terminator, decode }: RawLine): SseLine {
  const line = text.slice(start, end)
  const colon = line.indexOf(':')
  if (colon === -1) {
    return { start, end, terminator, field: decode(line, start, end), valueStart: end, value: '' }
  }
  const valueStart = start + colon + (line[colon + 1] === ' ' ? 2 : 1)
  const field = decode(line.slice(0, colon), start, start + colon)
  return {
    start,
    end,
    terminator,
    field,
    valueStart,
    value: decode(text.slice(valueStart, end), valueStart, end),
  }
}

function toEvent(block: Pick<SseEvent, 'start' | 'end' | 'terminator' | 'lines'>): SseEvent {
  const data: string[] = []
  const fields: { event?: string; id?: string; retry?: number } = {}
  for (const { field, value } of block.lines) {
    if (field === 'data') data.push(value)
    else if (field === 'event') fields.event = value
    else if (field === 'id' && !value.includes('\0')) fields.id = value
    else if (field === 'retry' && /^[0-9]+$/.test(value)) fields.retry = Number(value)
  }
  return { ...block, ...fields, ...(data.length > 0 ? { data: data.join('\n') } : {}) }
}
