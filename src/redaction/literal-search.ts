import { redactBase64Run } from './base64-run.ts'
import type { ByteMatcher, Match } from './byte-matcher.ts'
import { compileMatcher } from './byte-matcher.ts'
import { bufferOf } from './byte-text.ts'
import type { Edit } from './edits.ts'
import { mergeEdits, placeholderEdit, PLACEHOLDER } from './edits.ts'
import type { SecretPattern } from './secret-patterns.ts'
import { foldedPatternsOf, patternsOf } from './secret-patterns.ts'
import type { ViewKind } from './encoded-units.ts'
import { tableOf } from './encoded-units.ts'
import { isWorthReading } from './view-need.ts'
import { locatedViewOf, viewOf } from './views.ts'

export interface SearchOptions {
  /** A base64 text ends at `/`. */
  readonly slashEnds?: boolean
}

/** Looks in bytes for the literal value of secrets, plain and encoded. */
export interface LiteralSearch {
  /**
   * One for each way to read text, to be run one after another, each on what the one before it left. Every stage
   * gives ordered edits that do not overlap.
   */
  readonly stages: readonly ((bytes: Uint8Array, options?: SearchOptions) => Edit[])[]
  /** Whether any stage finds something. */
  has(bytes: Uint8Array): boolean
  /** Looks at the bytes as they are, and keeps their number: binary formats hold lengths and offsets. */
  inBinary(bytes: Uint8Array): Edit[]
}

interface Compiled {
  readonly patterns: readonly SecretPattern[]
  readonly matcher: ByteMatcher
  /** 1 for each byte that stands in a pattern, or in base64. */
  readonly alphabet: Uint8Array
  /** The length of the longest pattern. */
  readonly longest: number
}

/** Encoded text is decoded piece by piece: most pieces need not be, and no body takes several times its size. */
const WINDOW_BYTES = 128 * 1024
/** A byte of a secret takes at most so many in the text (`\\\\\\\\u0041`). */
const LONGEST_UNIT = 16

export function createLiteralSearch(secrets: readonly string[]): LiteralSearch {
  const exact = compile(patternsOf(secrets))
  const folded = compile(foldedPatternsOf(exact.patterns))
  if (exact.patterns.length === 0) return { stages: [], has: () => false, inBinary: () => [] }
  const view =
    (kind: ViewKind, compiled: Compiled) =>
    (bytes: Uint8Array, options?: SearchOptions): Edit[] =>
      searchView(bytes, kind, { compiled, exact, ...options })
  // What is encoded as a whole is found before its parts are: base64 goes on behind `%2B` and `\/`.
  const stages = [
    view('json', exact),
    view('percent', exact),
    (bytes: Uint8Array, options?: SearchOptions) => editsOf({ bytes, compiled: exact, exact, ...options }),
    view('folded', folded),
  ]
  return {
    stages,
    has: (bytes) => stages.some((stage) => stage(bytes).length > 0),
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
  const { bytes, compiled, exact, slashEnds = false } = search
  const edits: Edit[] = []
  let done = 0
  for (const match of compiled.matcher.find(bytes)) {
    const pattern = compiled.patterns[match.pattern]
    if (match.end <= done) continue
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
    edits.push(edit ?? placeholderEdit(withPercent(bytes, match.start), match.end))
    done = Math.max(done, edit?.end ?? match.end)
  }
  return mergeEdits(edits)
}

/** Where secrets stand unencoded: ascending, those that overlap as one. */
function plainMatches({ matcher, patterns }: Compiled, bytes: Uint8Array): { start: number; end: number }[] {
  const plain = matcher.find(bytes).filter(({ pattern }) => patterns[pattern]?.kind === 'plain')
  return mergeEdits(plain.map(({ start, end }: Match) => placeholderEdit(start, end)))
}

/** A secret can start in the middle of `%41`: what would be left of that is no encoding any more. */
function withPercent(bytes: Uint8Array, start: number): number {
  for (const back of [1, 2]) {
    if (bytes[start - back] === 0x25) return start - back
  }
  return start
}

function searchView(bytes: Uint8Array, kind: ViewKind, search: Search): Edit[] {
  const overlap = search.compiled.longest * LONGEST_UNIT
  const edits: Edit[] = []
  for (let start = 0; start < bytes.length; start += WINDOW_BYTES) {
    const window = bytes.subarray(start, start + WINDOW_BYTES + overlap)
    for (const edit of searchWindow(window, kind, search)) {
      edits.push({ ...edit, start: start + edit.start, end: start + edit.end })
    }
  }
  return mergeEdits(edits)
}

function searchWindow(window: Uint8Array, kind: ViewKind, search: Search): Edit[] {
  if (!isWorthReading(window, kind, search.exact.alphabet)) return []
  const read = viewOf(window, kind)
  if (search.compiled.matcher.find(read.bytes).length === 0) return []
  const { bytes, starts, ends } = locatedViewOf(window, kind)
  return editsOf({ ...search, bytes }).map((edit) => {
    const start = starts[edit.start] ?? 0
    const end = ends[edit.end - 1] ?? window.length
    const escaped = edit.text !== PLACEHOLDER && bufferOf(window).subarray(start, end).includes(0x25)
    return { start, end, text: escaped ? encodeURIComponent(edit.text) : edit.text }
  })
}
