import { yaml } from './parser.ts'

import { type Cut, findBlankRuns, offsetBefore, without } from './blank-runs.ts'
import { formatError, type SourceText } from './source-text.ts'
import { TokenScan } from './token-scan.ts'

/** A YAML parser is given a shorter text at once: it cannot take long. */
const SHORT_CHARACTERS = 32 * 1024

/** What the parser is given. Its places are those in the file. */
export interface ParserText extends SourceText {
  /** The offset in the source's text of an offset in `text`. */
  before(offset: number): number
}

/**
 * Makes a long text safe for a YAML parser. A parser goes on after an error to the end, in more than linear time: minutes for
 * a file of 10 MB of brackets. So this refuses what is no YAML of a cassette at the first token that shows it, and leaves out
 * long runs of blank lines.
 * @throws {CassetteFormatError}
 */
export function textForParser(source: SourceText, root: 'mapping' | 'item'): ParserText {
  if (source.text.length <= SHORT_CHARACTERS) return { ...source, before: (offset) => offset }
  const runs = findBlankRuns(source.text)
  const text = without(source.text, runs)
  const inScalars = scanTokens(source, text, runs, root)
  if (inScalars.size === 0) return parserText(source, text, runs)
  const cuts = runs.filter((run) => !inScalars.has(run))
  return parserText(source, without(source.text, cuts), cuts)
}

function parserText(source: SourceText, text: string, cuts: readonly Cut[]): ParserText {
  const before = (offset: number): number => offsetBefore(cuts, offset)
  return { path: source.path, text, before, place: (offset) => source.place(before(offset)) }
}

/** @returns the runs that are inside a scalar, whose lines count */
function scanTokens(
  source: SourceText,
  text: string,
  runs: readonly Cut[],
  root: 'mapping' | 'item',
): Set<Cut> {
  const inScalars = new Set<Cut>()
  const scan = new TokenScan(root, (at, expected, found) =>
    formatError(source, offsetBefore(runs, at), expected, found),
  )
  let at = 0
  let cut = 0
  let run = 0
  let isScalarNext = false
  const { CST, Lexer } = yaml()
  for (const token of new Lexer().lex(text)) {
    const type = isScalarNext ? 'scalar' : (CST.tokenType(token) ?? 'scalar')
    isScalarNext = token === CST.SCALAR
    if (token === CST.DOCUMENT || token === CST.SCALAR || token === CST.FLOW_END) continue
    scan.token(type, token, at)
    const start = at
    at += token.length
    for (let next = runs[run]; next && next.start - cut <= at; next = runs[++run]) {
      const isBlank = type === 'newline' || type === 'space' || type === 'comment'
      if (!isBlank && start < next.start - cut) inScalars.add(next)
      cut += next.end - next.start
    }
  }
  return inScalars
}
