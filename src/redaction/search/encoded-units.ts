/**
 * How encoded text is decoded for the search:
 * - `json`: JSON's escapes, once and exactly.
 * - `percent`: percent-encoding, once and exactly (`+` stays).
 * - `folded`: both, as often as they are nested. Several backslashes become one, and line ends are left out, because base64 and
 *   PEM are wrapped. Secrets are folded in the same way, so this need not be reversible.
 */
export type ViewKind = 'json' | 'percent' | 'folded'

const BACKSLASH = 0x5c
const PERCENT = 0x25
const LF = 0x0a
const CR = 0x0d
const LOWER_U = 0x75

/** The bytes that can start a unit that is not one plain byte. */
export const SPECIAL: Record<ViewKind, readonly number[]> = {
  json: [BACKSLASH],
  percent: [PERCENT],
  folded: [BACKSLASH, PERCENT, LF, CR],
}

/** The byte that a letter after a backslash stands for. 0: this is no escape, so backslash and letter stay. */
const ESCAPES = tableOf([
  [0x6e, LF],
  [0x72, CR],
  [0x74, 0x09],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x22, 0x22],
  [0x2f, 0x2f],
])

/** One unit of encoded text: where it ends, and the bytes that it stands for. One object is used for all units. */
export interface Unit {
  end: number
  length: number
  readonly bytes: Uint8Array
}

export function newUnit(): Unit {
  return { end: 0, length: 0, bytes: new Uint8Array(4) }
}

/** Reads the unit that starts with a special byte at `at`. */
export function readUnit(source: Uint8Array, at: number, kind: ViewKind, unit: Unit): void {
  if (kind === 'json') readEscape(source, at, 1, unit)
  else if (kind === 'percent') readPercent(source, at, 1, unit)
  else readFolded(source, at, unit)
}

function readFolded(source: Uint8Array, at: number, unit: Unit): void {
  const byte = source[at]
  if (byte === BACKSLASH) {
    let run = 1
    while (source[at + run] === BACKSLASH) run += 1
    readEscape(source, at, run, unit)
  } else if (byte === PERCENT) {
    readPercent(source, at, Number.POSITIVE_INFINITY, unit)
  } else {
    set(unit, at + 1, LF)
  }
  if (unit.length === 1 && (unit.bytes[0] === LF || unit.bytes[0] === CR)) unit.length = 0
}

/** `%41`. With a larger `depth` also `%2541`, `%252541` ...: an encoded percent sign belongs to the digits after it. */
function readPercent(source: Uint8Array, at: number, depth: number, unit: Unit): void {
  let end = at + 1
  let value = PERCENT
  for (let level = 0; level < depth && value === PERCENT; level += 1) {
    const decoded = hexAt(source, end, 2)
    if (decoded === -1) break
    value = decoded
    end += 2
  }
  set(unit, end, value)
}

/** The escape that starts with `run` backslashes at `at`. */
function readEscape(source: Uint8Array, at: number, run: number, unit: Unit): void {
  const letterAt = at + run
  const letter = source[letterAt] ?? 0
  if (letter === LOWER_U && readUnicode(source, letterAt, run, unit)) return
  const plain = ESCAPES[letter] as number
  if (plain !== 0) set(unit, letterAt + 1, plain)
  // Read exactly, `\\` is one backslash. Folded, all consecutive backslashes are one.
  else set(unit, run === 1 && letter === BACKSLASH ? letterAt + 1 : letterAt, BACKSLASH)
}

/** `u0041` at `at`, or a surrogate pair with as many backslashes before its second half. */
function readUnicode(source: Uint8Array, at: number, run: number, unit: Unit): boolean {
  const first = hexAt(source, at + 1, 4)
  if (first === -1) return false
  const end = at + 5
  if (first >= 0xd800 && first <= 0xdbff && source[end + run] === LOWER_U) {
    const backslashes = source.subarray(end, end + run).every((byte) => byte === BACKSLASH)
    const second = hexAt(source, end + run + 1, 4)
    if (backslashes && second >= 0xdc00 && second <= 0xdfff) {
      setText(unit, end + run + 5, String.fromCharCode(first, second))
      return true
    }
  }
  if (first < 0x80) set(unit, end, first)
  else setText(unit, end, String.fromCharCode(first))
  return true
}

function set(unit: Unit, end: number, byte: number): void {
  unit.end = end
  unit.length = 1
  unit.bytes[0] = byte
}

function setText(unit: Unit, end: number, text: string): void {
  const encoded = Buffer.from(text, 'utf8')
  unit.end = end
  unit.length = encoded.length
  unit.bytes.set(encoded)
}

/** The number of these hexadecimal digits. -1: they are not hexadecimal digits. */
function hexAt(source: Uint8Array, at: number, digits: number): number {
  let value = 0
  for (let offset = 0; offset < digits; offset += 1) {
    const digit = hexDigit(source[at + offset] ?? 0)
    if (digit === -1) return -1
    value = value * 16 + digit
  }
  return value
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/** A table of zeros, except for these entries. */
export function tableOf(entries: readonly (readonly [index: number, value: number])[]): Uint8Array {
  const table = new Uint8Array(256)
  for (const [index, value] of entries) table[index] = value
  return table
}

export function isHexDigit(byte: number | undefined): boolean {
  return byte !== undefined && hexDigit(byte) !== -1
}
