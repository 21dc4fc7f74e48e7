import type { ByteText } from '../byte-text.ts'
import type { Edit } from '../edits.ts'
import { placeholderEdit } from '../edits.ts'
import { AT_WORD, DISTINCT, JWT, type KeyFormat } from './key-formats.ts'

/** The length of the shortest run of key characters that is looked at. Formats whose keys have `+` and `/` begin with one. */
const SHORTEST = 12
/** A key that is glued to a word starts at most this many characters after the start of the run. Base64 is longer. */
const LONGEST_GLUE = 64
const DOT = 0x2e
/** A word before a key: `key`, `myKey`, `API`. */
const WORD = /^[A-Za-z]{0,24}\d{0,3}$/
/** A small letter alone: random text has it, words have not. */
const NO_WORD = /(?:^|[A-Z])[a-z](?:[A-Z]|$)/

const distinct = compile(DISTINCT)
const atWord = compile([...DISTINCT, ...AT_WORD])
const jwt = new RegExp(JWT, 'y')
const RUN_BYTES = tableOfRunBytes()

interface Compiled {
  readonly pattern: RegExp
  /** 1 for each pair of characters that a key starts with, `first * 256 + second`. */
  readonly pairs: Uint8Array
}

function compile(formats: readonly KeyFormat[]): Compiled {
  const pairs = new Uint8Array(65_536)
  const sources = formats.map(({ starts, rest }) => {
    const all = starts.split(' ')
    for (const start of all) {
      const first = start.charCodeAt(0) * 256
      if (start.length === 1) pairs.fill(1, first, first + 256)
      else pairs[first + start.charCodeAt(1)] = 1
    }
    return `(?:${all.map((start) => start.replace(/[.~]/g, '\\$&')).join('|')})${rest}`
  })
  return { pattern: new RegExp(sources.join('|'), 'y'), pairs }
}

const isPair = ({ pairs }: Compiled, text: ByteText, at: number): boolean =>
  pairs[text.charCodeAt(at) * 256 + text.charCodeAt(at + 1)] === 1

/** Says quickly of most places that neither a key nor a JWT begins there. */
const mayStart = (text: ByteText, at: number): boolean =>
  isPair(distinct, text, at) || isPair(atWord, text, at) || text.charCodeAt(at) === 0x65

/** The keys in a text: in ascending order, without overlaps. */
export function keyEdits(bytes: Uint8Array, text: ByteText): Edit[] {
  const edits: Edit[] = []
  for (const { start, end } of runsOf(bytes)) {
    if (isInBase64(text, start)) continue
    for (let at = start, notBefore = edits.at(-1)?.end ?? 0, noJwtBefore = 0; at < end; at += 1) {
      if (at - start > LONGEST_GLUE && bytes[at - 1] !== DOT) {
        // Deep inside a run, a key starts only after a dot.
        at = dotIn(bytes, at, end)
        continue
      }
      if (at < notBefore || !mayStart(text, at)) continue
      const place = placeOf(text, start, at)
      if (place === 'none') continue
      let found = place === 'inside' ? keyAt(distinct, text, at) : keyAt(atWord, text, at)
      if (found === 0 && text.charCodeAt(at) === 0x65 && at >= noJwtBefore && place !== 'inside') {
        found = lengthOf(jwt, text, at)
        // All other starts in the same part would fail in the same way.
        if (found === 0) noJwtBefore = dotIn(bytes, at, end)
      }
      if (found === 0) continue
      edits.push(placeholderEdit(at, at + found))
      notBefore = at + found
    }
  }
  return edits
}

/** Where the next dot is; `end` if there is none before it. */
function dotIn(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end && bytes[at] !== DOT) at += 1
  return at
}

/** The characters before `/` or `+` that make a run of key characters a part of base64. */
const BASE64 = /^[A-Za-z0-9+/]*$/
const BASE64_LENGTH = 40

function isInBase64(text: ByteText, start: number): boolean {
  const before = text[start - 1]
  if ((before !== '/' && before !== '+') || start < BASE64_LENGTH) return false
  return BASE64.test(text.slice(start - BASE64_LENGTH, start))
}

const keyAt = (compiled: Compiled, text: ByteText, at: number): number =>
  isPair(compiled, text, at) ? lengthOf(compiled.pattern, text, at) : 0

function lengthOf(pattern: RegExp, text: ByteText, at: number): number {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0].length ?? 0
}

/**
 * Where a position is in its run: where a word starts (at the start, after a dot, after words and a separator), or inside a word.
 * The end of an escape (`\n`, `\u0026`, `%3D`) does not belong to the word.
 */
function placeOf(text: ByteText, start: number, at: number): 'word' | 'inside' | 'none' {
  const before = text.charCodeAt(at - 1)
  if (at === start || before === 0x2e) return 'word'
  const outside = text[start - 1]
  if (outside === '\\' && (at === start + 1 || at === start + 5)) return 'word'
  if (outside === '%' && at === start + 2) return 'word'
  if (at - start > LONGEST_GLUE) return 'none'
  const isSeparated = before === 0x5f || before === 0x2d
  const isCapital = isUpper(text.charCodeAt(at)) && before >= 0x61 && before <= 0x7a
  if (!isSeparated && !isCapital) return 'inside'
  // Only where a key can start, because looking at the words takes time.
  return isPair(atWord, text, at) && areWords(text.slice(start, at)) ? 'word' : 'inside'
}

function areWords(text: ByteText): boolean {
  return text.split(/[_.-]/).every((one) => WORD.test(one) && (one.length === 1 || !NO_WORD.test(one)))
}

const isUpper = (code: number): boolean => code >= 0x41 && code <= 0x5a

/** Every run of letters, digits, `_`, `-` and `.` that is long enough for a key. Looks first at a few bytes only. */
function* runsOf(bytes: Uint8Array): Generator<{ readonly start: number; readonly end: number }> {
  const { length } = bytes
  let floor = 0
  for (let at = SHORTEST - 1; at < length; at += SHORTEST) {
    if (RUN_BYTES[bytes[at] as number] === 0) continue
    let start = at
    while (start > floor && RUN_BYTES[bytes[start - 1] as number] === 1) start -= 1
    let end = at + 1
    while (end < length && RUN_BYTES[bytes[end] as number] === 1) end += 1
    if (end - start >= SHORTEST) yield { start, end }
    floor = end
    at = Math.max(at, end - 1)
  }
}

function tableOfRunBytes(): Uint8Array {
  const table = new Uint8Array(256)
  for (const byte of Buffer.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.~'))
    table[byte] = 1
  return table
}
