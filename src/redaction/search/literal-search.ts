import { redactBase64Run } from './base64-run.ts'
import { type ByteMatcher, type Match, compileMatcher } from './byte-matcher.ts'
import { type Edit, mergeEdits, placeholderEdit, PLACEHOLDER } from '../edits.ts'
import { type SecretPattern, foldedPatternsOf, patternsOf } from './secret-patterns.ts'
import { isHexDigit, tableOf } from './encoded-units.ts'
import { type Wanted, inDecoded, inFolded } from './decoded-search.ts'

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
  readonly isActive: (standIn: string) => boolean
}

/** How secrets are replaced that have stand-ins of their own. */
export interface OwnStandIns {
  /** By secret. */
  readonly standIns: ReadonlyMap<string, string>
  /** Whether the secret with this stand-in is searched for now. */
  readonly isActive: (standIn: string) => boolean
}

/** @param words those of the secrets that stay in names */
export function createLiteralSearch(
  secrets: readonly string[],
  words: ReadonlySet<string> = new Set(),
  { standIns, isActive = () => true }: Partial<OwnStandIns> = {},
): LiteralSearch {
  const exact = compile(patternsOf(secrets, words, standIns), isActive)
  const folded = compile(foldedPatternsOf(exact.patterns), isActive)
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

function compile(patterns: readonly SecretPattern[], isActive: Compiled['isActive']): Compiled {
  const alphabet = tableOf([...Buffer.from('+/=')].map((byte) => [byte, 1]))
  let longest = 0
  for (const { bytes } of patterns) {
    for (const byte of bytes) alphabet[byte] = 1
    longest = Math.max(longest, bytes.length)
  }
  const matcher = compileMatcher(patterns.map(({ bytes }) => bytes))
  return { patterns, matcher, alphabet, longest, isActive }
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
    if (pattern?.standIn !== undefined && !compiled.isActive(pattern.standIn)) continue
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
    const found = edit ?? editFor(pattern, withPercent(bytes, match.start), match.end)
    edits.push(pattern?.mayBeName ? { ...found, mayBeName: true } : found)
    done = Math.max(done, edit?.end ?? match.end)
  }
  return mergeEdits(edits)
}

/** The places of unencoded secrets, in ascending order. Overlapping ones become one. */
function plainMatches({ matcher, patterns }: Compiled, bytes: Uint8Array): Edit[] {
  const plain = matcher.find(bytes).filter(({ pattern }) => patterns[pattern]?.kind === 'plain')
  return mergeEdits(plain.map(({ start, end, pattern }: Match) => editFor(patterns[pattern], start, end)))
}

const editFor = (pattern: SecretPattern | undefined, start: number, end: number): Edit =>
  pattern?.standIn === undefined ? placeholderEdit(start, end) : { start, end, text: pattern.standIn }

/**
 * A secret can start in the middle of `%41`, and the rest would not be valid encoding. So a `%` before it, alone or with one
 * digit, is removed too. This happens even if the secret does not start with a digit, so that all secrets look the same.
 */
function withPercent(bytes: Uint8Array, start: number): number {
  if (bytes[start - 1] === 0x25) return start - 1
  return bytes[start - 2] === 0x25 && isHexDigit(bytes[start - 1]) ? start - 2 : start
}

/** Searches the bytes as they are, and decoded exactly. */
function searchExactly(bytes: Uint8Array, search: Search): Edit[] {
  const decoded = inDecoded(bytes, viewsOf(search), (read) => editsOf({ ...search, bytes: read }))
  // Hits in the decoded text come first: there, base64 continues after `%2B` and `\/`.
  return mergeEdits([...decoded, ...editsOf({ ...search, bytes })])
}

/**
 * Folded search, for text that cannot be decoded exactly: wrapped base64, and deeper or mixed nesting. It runs last because it
 * does not see where a line, and so a base64 text, ends.
 */
function searchFolded(bytes: Uint8Array, search: Search): Edit[] {
  return inFolded(bytes, viewsOf(search), (read) => editsOf({ ...search, bytes: read }))
}

const viewsOf = ({ compiled, exact }: Search): Wanted => ({
  alphabet: exact.alphabet,
  longest: compiled.longest,
})
