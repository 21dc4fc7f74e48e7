import { bufferOf } from '../../base/bytes.ts'
import { redactBase64Run } from './base64-run.ts'
import { type ByteMatcher, type Match, compileMatcher } from './byte-matcher.ts'
import { type Edit, mergeEdits, placeholderEdit, PLACEHOLDER } from '../edits.ts'
import { type SecretPattern, foldedPatternsOf, patternsOf } from './secret-patterns.ts'
import { type ViewKind, isHexDigit, tableOf } from './encoded-units.ts'
import { isWorthReading, locatedViewOf, viewOf } from './views.ts'

export interface SearchOptions {
  /** A base64 text ends at `/`. */
  readonly slashEnds?: boolean
  /** The text is a name: a secret that may be one stays. */
  readonly isName?: boolean
}

/** Searches bytes for the literal value of secrets, plain and encoded. */
export interface LiteralSearch {
  /**
   * One stage for each way to read text. Run them in order, each on the result of the one before. Every stage returns sorted
   * edits that do not overlap.
   */
  readonly stages: readonly ((bytes: Uint8Array, options?: SearchOptions) => Edit[])[]
  /** Searches the bytes as they are and keeps their number, because binary formats contain lengths and offsets. */
  inBinary(bytes: Uint8Array): Edit[]
}

interface Compiled {
  readonly patterns: readonly SecretPattern[]
  readonly matcher: ByteMatcher
  /** 1 for each byte that occurs in a pattern or in base64. */
  readonly alphabet: Uint8Array
  /** The length of the longest pattern. */
  readonly longest: number
}

/** Encoded text is decoded in pieces. Most pieces need no decoding, and no body needs several times its size. */
const WINDOW_BYTES = 16 * 1024
/** JSON in a JSON string in a JSON string ... */
const MAX_DEPTH = 4
/** The most bytes of text that encode one byte of a secret (`\\\\\\\\u0041`). */
const LONGEST_UNIT = 16

/** @param words those of the secrets that stay in names */
export function createLiteralSearch(
  secrets: readonly string[],
  words: ReadonlySet<string> = new Set(),
): LiteralSearch {
  const exact = compile(patternsOf(secrets, words))
  const folded = compile(foldedPatternsOf(exact.patterns))
  if (exact.patterns.length === 0) return { stages: [], inBinary: () => [] }
  const stages = [
    (bytes: Uint8Array, options?: SearchOptions) =>
      searchExactly(bytes, { compiled: exact, exact, ...options }),
    (bytes: Uint8Array, options?: SearchOptions) =>
      searchFolded(bytes, { compiled: folded, exact, ...options }),
  ]
  return {
    stages,
    inBinary: (bytes) =>
      exact.matcher.find(bytes).map(({ start, end }) => ({
        start,
        end,
        text: PLACEHOLDER.repeat(Math.ceil((end - start) / PLACEHOLDER.length)).slice(0, end - start),
      })),
  }
}

function compile(patterns: readonly SecretPattern[]): Compiled {
  const alphabet = tableOf([...Buffer.from('+/=')].map((byte) => [byte, 1]))
  let longest = 0
  for (const { bytes } of patterns) {
    for (const byte of bytes) alphabet[byte] = 1
    longest = Math.max(longest, bytes.length)
  }
  return { patterns, matcher: compileMatcher(patterns.map(({ bytes }) => bytes)), alphabet, longest }
}

interface Search extends SearchOptions {
  readonly compiled: Compiled
  readonly exact: Compiled
}

function editsOf(search: Search & { readonly bytes: Uint8Array }): Edit[] {
  const { bytes, compiled, exact, slashEnds = false, isName = false } = search
  const edits: Edit[] = []
  let done = 0
  for (const match of compiled.matcher.find(bytes)) {
    const pattern = compiled.patterns[match.pattern]
    if (match.end <= done || (isName && pattern?.mayBeName)) continue
    const edit =
      pattern?.kind === 'base64'
        ? redactBase64Run({
            bytes,
            match,
            pattern,
            slashEnds,
            locate: (decoded) => plainMatches(exact, decoded),
          })
        : undefined
    const found = edit ?? placeholderEdit(withPercent(bytes, match.start), match.end)
    edits.push(pattern?.mayBeName ? { ...found, mayBeName: true } : found)
    done = Math.max(done, edit?.end ?? match.end)
  }
  return mergeEdits(edits)
}

/** The places of unencoded secrets, in ascending order. Overlapping ones become one. */
function plainMatches({ matcher, patterns }: Compiled, bytes: Uint8Array): { start: number; end: number }[] {
  const plain = matcher.find(bytes).filter(({ pattern }) => patterns[pattern]?.kind === 'plain')
  return mergeEdits(plain.map(({ start, end }: Match) => placeholderEdit(start, end)))
}

/**
 * A secret can start in the middle of `%41`, and the rest would not be valid encoding. So a `%` before it, alone or with one
 * digit, is removed too. This happens even if the secret does not start with a digit, so that all secrets look the same.
 */
function withPercent(bytes: Uint8Array, start: number): number {
  if (bytes[start - 1] === 0x25) return start - 1
  return bytes[start - 2] === 0x25 && isHexDigit(bytes[start - 1]) ? start - 2 : start
}

/** Searches the bytes as they are, and decoded exactly, as often as they are encoded (up to {@link MAX_DEPTH} times). */
function searchExactly(bytes: Uint8Array, search: Search): Edit[] {
  const decoded = inWindows(bytes, search, (window) => searchDecoded(window, search, 1))
  // Hits in the decoded text come first: there, base64 continues after `%2B` and `\/`.
  return mergeEdits([...decoded, ...editsOf({ ...search, bytes })])
}

/**
 * Folded search, for text that cannot be decoded exactly: wrapped base64, and deeper or mixed nesting. It runs last because it
 * does not see where a line, and so a base64 text, ends.
 */
function searchFolded(bytes: Uint8Array, search: Search): Edit[] {
  return inWindows(bytes, search, (window) =>
    searchView(window, 'folded', search, (read) => editsOf({ ...search, bytes: read })),
  )
}

function searchDecoded(source: Uint8Array, search: Search, depth: number): Edit[] {
  return (['json', 'percent'] as const).flatMap((kind) =>
    searchView(source, kind, search, (read) => [
      ...(depth < MAX_DEPTH ? searchDecoded(read, search, depth + 1) : []),
      ...editsOf({ ...search, bytes: read }),
    ]),
  )
}

/** Lets `find` search `source` as it reads in this way, and maps the edits back to `source`. */
function searchView(
  source: Uint8Array,
  kind: ViewKind,
  search: Search,
  find: (read: Uint8Array) => Edit[],
): Edit[] {
  if (!isWorthReading(source, kind, search.exact.alphabet)) return []
  const edits = mergeEdits(find(viewOf(source, kind).bytes))
  if (edits.length === 0) return []
  const { starts, ends } = locatedViewOf(source, kind)
  return edits.map((edit) => {
    const start = starts[edit.start] ?? 0
    const end = ends[edit.end - 1] ?? source.length
    const escaped = edit.text !== PLACEHOLDER && bufferOf(source).subarray(start, end).includes(0x25)
    return { ...edit, start, end, text: escaped ? encodeURIComponent(edit.text) : edit.text }
  })
}

function inWindows(bytes: Uint8Array, { compiled }: Search, find: (window: Uint8Array) => Edit[]): Edit[] {
  const overlap = compiled.longest * LONGEST_UNIT
  const size = Math.max(WINDOW_BYTES, 4 * overlap)
  const edits: Edit[] = []
  for (let start = 0; start < bytes.length; start += size) {
    for (const edit of find(bytes.subarray(start, start + size + overlap))) {
      edits.push({ ...edit, start: start + edit.start, end: start + edit.end })
    }
  }
  return mergeEdits(edits)
}
