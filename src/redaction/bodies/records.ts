import { parseSseBytes } from '../../exchange/wire/sse.ts'
import type { ByteText } from '../byte-text.ts'
import type { Edit } from '../edits.ts'

/** A JSON text in a body: the whole body, a line, or the data of an event. */
export interface BodyRecord {
  /** The body, or the data of an event joined from several lines. */
  readonly text: ByteText
  readonly start: number
  readonly end: number
  /** The positions of parts of `text` in the body, ascending. Absent if `text` is the body. */
  readonly lines?: readonly { readonly from: number; readonly bodyStart: number }[]
}

/** Scans a record. Returns the end of its JSON value, or -1 if it is not JSON. */
export type ScanRecord = (record: BodyRecord) => number

export type RecordFraming = 'json' | 'ndjson' | 'sse'

/** A record, and whether it is JSON. */
export interface ScannedRecord extends BodyRecord {
  readonly isJson: boolean
}

/** Splits a body into records and scans each once. White space and framing separate records. */
export function scanRecords(
  bytes: Uint8Array,
  text: ByteText,
  framing: RecordFraming,
  scan: ScanRecord,
): ScannedRecord[] {
  return framing === 'sse' ? scanEvents(bytes, text, scan) : scanSequence(text, framing, scan)
}

/** Converts an edit of a record to body offsets. */
export function toBodyEdit(record: BodyRecord, edit: Edit): Edit {
  const { lines } = record
  if (lines === undefined) return edit
  const locate = (offset: number): number => {
    let low = 0
    let high = lines.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((lines[middle]?.from ?? 0) <= offset) low = middle
      else high = middle
    }
    const line = lines[low]
    return (line?.bodyStart ?? 0) + offset - (line?.from ?? 0)
  }
  const start = locate(edit.start)
  return { start, end: edit.end > edit.start ? locate(edit.end - 1) + 1 : start, text: edit.text }
}

function scanEvents(bytes: Uint8Array, text: ByteText, scan: ScanRecord): ScannedRecord[] {
  const records: ScannedRecord[] = []
  for (const { lines } of parseSseBytes(bytes)) {
    const data = lines.filter(({ field }) => field === 'data')
    const [first] = data
    if (first === undefined) continue
    const record = data.length === 1 ? { text, start: first.valueStart, end: first.end } : joined(text, data)
    const end = scan(record)
    records.push({ ...record, isJson: end !== -1 && isBlank(record.text, end, record.end) })
  }
  return records
}

function joined(
  text: ByteText,
  data: readonly { readonly valueStart: number; readonly end: number }[],
): BodyRecord {
  let from = 0
  const lines = data.map(({ valueStart, end }) => {
    const line = { from, bodyStart: valueStart }
    from += end - valueStart + 1
    return line
  })
  const whole = data.map(({ valueStart, end }) => text.slice(valueStart, end)).join('\n')
  return { text: whole, start: 0, end: whole.length, lines }
}

/** Consecutive JSON values. One value is a JSON body, several are NDJSON or similar. */
function scanSequence(text: ByteText, framing: 'json' | 'ndjson', scan: ScanRecord): ScannedRecord[] {
  const records: ScannedRecord[] = []
  let at = skipBetween(text, text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0)
  let byLine = framing === 'ndjson'
  let lineEnd = -2
  while (at < text.length) {
    // Values may share a line, which is searched for its end once.
    if (lineEnd !== -1 && lineEnd < at) lineEnd = text.indexOf('\n', at)
    const limit = byLine && lineEnd !== -1 ? lineEnd : text.length
    const end = scan({ text, start: at, end: limit })
    if (end !== -1) {
      records.push({ text, start: at, end, isJson: true })
      at = skipBetween(text, end)
    } else {
      records.push({ text, start: at, end: limit, isJson: false })
      // From here on each line is a record: scanning each value to the end of the body would take quadratic time.
      byLine = true
      at = skipBetween(text, lineEnd === -1 ? text.length : lineEnd + 1)
    }
  }
  return records
}

/** White space and the record separator of RFC 7464. */
function skipBetween(text: ByteText, from: number): number {
  let at = from
  while (at < text.length && ' \t\r\n\u001e'.includes(text.charAt(at))) at += 1
  return at
}

function isBlank(text: ByteText, start: number, end: number): boolean {
  return text.slice(start, end).trim() === ''
}
