import { bufferOf } from '../../base/bytes.ts'
import { type Unit, type ViewKind, newUnit, readUnit, SPECIAL, tableOf } from './encoded-units.ts'

export interface View {
  readonly bytes: Uint8Array
}

export interface LocatedView extends View {
  /** For each byte of the view, the start and the end of the source bytes that it was read from. */
  readonly starts: Uint32Array
  readonly ends: Uint32Array
}

const TABLES: Record<ViewKind, Uint8Array> = {
  json: tableOf(SPECIAL.json.map((byte) => [byte, 1])),
  percent: tableOf(SPECIAL.percent.map((byte) => [byte, 1])),
  folded: tableOf(SPECIAL.folded.map((byte) => [byte, 1])),
}

/** Reads `source` in this way. */
export function viewOf(source: Uint8Array, kind: ViewKind): View {
  const end = source.length
  const bytes = new Uint8Array(end)
  const special = TABLES[kind]
  const unit = newUnit()
  let length = 0
  let at = 0
  while (at < end) {
    const byte = source[at] as number
    if (special[byte] === 0) {
      bytes[length] = byte
      length += 1
      at += 1
    } else {
      readUnit(source, at, kind, unit)
      for (let index = 0; index < unit.length; index += 1) bytes[length + index] = unit.bytes[index] as number
      length += unit.length
      at = unit.end
    }
  }
  return { bytes: bytes.subarray(0, length) }
}

/** {@link viewOf} with the places. Slower. */
export function locatedViewOf(source: Uint8Array, kind: ViewKind): LocatedView {
  const { bytes } = viewOf(source, kind)
  const starts = new Uint32Array(bytes.length)
  const ends = new Uint32Array(bytes.length)
  const special = TABLES[kind]
  const unit = newUnit()
  let length = 0
  let at = 0
  while (at < source.length) {
    if (special[source[at] as number] === 0) {
      unit.end = at + 1
      unit.length = 1
    } else {
      readUnit(source, at, kind, unit)
    }
    starts.fill(at, length, length + unit.length)
    ends.fill(unit.end, length, length + unit.length)
    length += unit.length
    at = unit.end
  }
  return { bytes, starts, ends }
}

const BACKSLASH = 0x5c
const PERCENT = 0x25

/**
 * At least this many `wanted` bytes come before a line end that wraps base64. Encoders wrap after 60 to 76 characters.
 */
const WRAPPED = 16

/**
 * Whether reading `source` in this way can reveal a text of `wanted` bytes. Most bodies have only the escapes `\n` and `\"`, and
 * this check is much faster than decoding them.
 * @param wanted a table: 1 for each byte that a pattern or base64 can have
 */
export function isWorthReading(source: Uint8Array, kind: ViewKind, wanted: Uint8Array): boolean {
  const buffer = bufferOf(source)
  const special = SPECIAL[kind]
  if (special.some((byte) => wanted[byte] === 1)) return special.some((byte) => buffer.includes(byte))
  const unit = newUnit()
  return special.some((byte) => {
    for (let at = buffer.indexOf(byte); at !== -1; at = buffer.indexOf(byte, Math.max(unit.end, at + 1))) {
      readUnit(source, at, kind, unit)
      // A line end, itself or escaped, is read as nothing.
      if (
        unit.length === 0
          ? endsLongRun(source, at, wanted)
          : unit.end > at + 1 && hasWanted(unit, kind, wanted)
      )
        return true
    }
    return false
  })
}

function hasWanted(unit: Unit, kind: ViewKind, wanted: Uint8Array): boolean {
  for (let index = 0; index < unit.length; index += 1) {
    const byte = unit.bytes[index] as number
    // Read exactly, `\\` and `%25` begin an escape that is encoded once more.
    if (wanted[byte] === 1 || (kind !== 'folded' && (byte === BACKSLASH || byte === PERCENT))) return true
  }
  return false
}

function endsLongRun(source: Uint8Array, end: number, wanted: Uint8Array): boolean {
  if (end < WRAPPED) return false
  for (let at = end - 1; at >= end - WRAPPED; at -= 1) {
    if (wanted[source[at] as number] !== 1) return false
  }
  return true
}
