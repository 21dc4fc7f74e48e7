import { bufferOf } from './byte-text.ts'
import type { Unit, ViewKind } from './encoded-units.ts'
import { newUnit, readUnit, SPECIAL } from './encoded-units.ts'

const BACKSLASH = 0x5c
const PERCENT = 0x25

/**
 * How far a line of `wanted` bytes must reach before its end may be where base64 was wrapped: encoders wrap at 60 to
 * 76 characters.
 */
const WRAPPED = 16

/**
 * Whether reading `source` that way can bring to light what stands in it only encoded, where all of that is made of
 * `wanted` bytes (a table: 1 for each such byte). Most bodies hold `\n` and `\"` and nothing else that is encoded,
 * and this is much faster than to read them.
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
    // Read exactly, `\\` and `%25` are the start of what is encoded once more.
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
