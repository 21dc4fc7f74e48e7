import { bufferOf } from '../../base/bytes.ts'
import type { ByteText } from '../byte-text.ts'
import { bytesOfText, fromByteText, toByteText } from '../byte-text.ts'
import type { CutBytes, Edit } from '../edits.ts'
import { applyEdits, editText, mergeEdits } from '../edits.ts'
import type { LinearPattern } from './linear-pattern.ts'
import type { LiteralSearch, SearchOptions } from './literal-search.ts'
import { shapeEdits } from './shapes.ts'
import { patternEdits } from '../json/user-patterns.ts'

/**
 * Fits the edits of a stage to the structure of the body.
 * @param kind of known secrets, of what a server gave, or of what looks like a secret
 */
export type Align = (
  body: CutBytes,
  edits: readonly Edit[],
  kind: 'known' | 'given' | 'shape',
) => readonly Edit[]

/** Searches text for secrets by value: known literals, well-known shapes, the user's patterns. */
export interface TextSearch {
  /** Applies the user's patterns, then each stage of the literal search, then shapes. Each works on the result of the one before. */
  redact(text: ByteText, options?: SearchOptions): ByteText
  /** {@link redact} for an ordinary string. The string is returned unchanged, even with lone surrogates, if nothing is found. */
  redactString(text: string, options?: SearchOptions): string
  /** {@link redactString} for known secrets alone: for what the user wants to keep unless it is one. */
  redactKnown(text: string): string
  /** Everything that the patterns and all stages find in the same text. */
  find(text: ByteText): Edit[]
  /** The same for a body, without the user's patterns. */
  redactBody(body: CutBytes, align: Align): CutBytes
  readonly literals: LiteralSearch
  readonly patterns: readonly LinearPattern[]
}

/** How many results are kept, and of texts of which length at most: some 500 KB in all. */
const MAX_KNOWN = 1000
const MAX_KNOWN_LENGTH = 256

type Stage = (bytes: Buffer, text: ByteText, options?: SearchOptions) => Edit[]

const shapes: Stage = (bytes, text) => shapeEdits(bytes, text)

/** @param given what servers gave: it is searched for after the known secrets */
export function createTextSearch(
  own: LiteralSearch,
  patterns: readonly LinearPattern[],
  given?: LiteralSearch & { readonly state: string },
): TextSearch {
  const literals: LiteralSearch = {
    stages: [...own.stages, ...(given?.stages ?? [])],
    inBinary: (bytes) => mergeEdits([...own.inBinary(bytes), ...(given?.inBinary(bytes) ?? [])]),
  }
  const literalStages: readonly Stage[] = literals.stages.map(
    (stage) => (bytes: Buffer, _: ByteText, options?: SearchOptions) => stage(bytes, options),
  )
  const stages: readonly Stage[] = [...literalStages, shapes]

  const kindOf = (at: number): Parameters<Align>[2] =>
    at < own.stages.length ? 'known' : at < literalStages.length ? 'given' : 'shape'

  function run(used: typeof stages, source: ByteText, options?: SearchOptions): ByteText {
    let text = editText(source, patternEdits(patterns, source))
    for (const stage of used) text = editText(text, stage(bytesOfText(text), text, options))
    return text
  }

  function runOnString(used: typeof stages, source: string, options?: SearchOptions): string {
    const text = toByteText(source)
    const redacted = run(used, text, options)
    return redacted === text ? source : fromByteText(redacted)
  }

  function find(text: ByteText): Edit[] {
    const bytes = bytesOfText(text)
    return mergeEdits([...patternEdits(patterns, text), ...stages.flatMap((stage) => stage(bytes, text))])
  }

  function redactBody(source: CutBytes, align: Align): CutBytes {
    let body = source
    let bytes: Buffer | undefined
    let text = ''
    for (const [at, stage] of stages.entries()) {
      if (bytes === undefined) {
        bytes = bufferOf(body.bytes)
        text = bytes.toString('latin1')
      }
      const edits = stage(bytes, text)
      if (edits.length === 0) continue
      body = applyEdits(body, align(body, edits, kindOf(at)))
      bytes = undefined
    }
    return body
  }

  /** Hosts, paths and headers are the same in many requests. */
  const known = new Map<string, string>()
  function redactString(text: string, options: SearchOptions = {}): string {
    if (text.length > MAX_KNOWN_LENGTH) return runOnString(stages, text, options)
    const key = `${given?.state ?? ''}${Number(options.slashEnds)}${Number(options.isName)} ${text}`
    const before = known.get(key)
    if (before !== undefined) return before
    const redacted = runOnString(stages, text, options)
    if (known.size >= MAX_KNOWN) known.clear()
    known.set(key, redacted)
    return redacted
  }

  return {
    redact: (text, options) => run(stages, text, options),
    redactString,
    redactKnown: (text) => runOnString(literalStages.slice(0, own.stages.length), text),
    find,
    redactBody,
    literals,
    patterns,
  }
}
