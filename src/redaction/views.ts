import type { ViewKind } from './encoded-units.ts'
import { newUnit, readUnit, SPECIAL, tableOf } from './encoded-units.ts'

export interface View {
  readonly bytes: Uint8Array
}

export interface LocatedView extends View {
  /** For each byte of the view, where what it was read from starts and ends. */
  readonly starts: Uint32Array
  readonly ends: Uint32Array
}

const TABLES: Record<ViewKind, Uint8Array> = {
  json: tableOf(SPECIAL.json.map((byte) => [byte, 1])),
  percent: tableOf(SPECIAL.percent.map((byte) => [byte, 1])),
  folded: tableOf(SPECIAL.folded.map((byte) => [byte, 1])),
}

/** Reads `source` that way. */
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

/** {@link viewOf} with the places; slower. */
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
