import { defined } from '../../base/defined.ts'
import { CassetteFormatError } from '../../errors/cassette-format-error.ts'

export interface Place {
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
}

/** A part of a cassette file, and its place in the file. */
export interface SourceText {
  readonly path: string
  readonly text: string
  /** The place in the file of this character of `text`. */
  place(offset: number): Place
}

/** A text that is consecutive whole lines of the file. */
export function sourceText(path: string, text: string, firstLine = 1): SourceText {
  return {
    path,
    text,
    place(offset) {
      const { line, column } = placeIn(text, offset)
      return { line: firstLine + line - 1, column }
    },
  }
}

/** Head and tail of a file as one text, without the lines between them. */
export function splicedText(path: string, head: string, tail: string, skippedLines: number): SourceText {
  return {
    path,
    text: head + tail,
    place(offset) {
      if (offset < head.length) return placeIn(head, offset)
      const { line, column } = placeIn(tail, offset - head.length)
      return { line: countLines(head) + skippedLines + line, column }
    },
  }
}

/** The error for something unexpected at this place. */
export function formatError(
  source: SourceText,
  offset: number,
  expected: string,
  found?: string,
): CassetteFormatError {
  const place = source.place(Math.max(0, Math.min(offset, source.text.length)))
  return new CassetteFormatError({
    path: source.path,
    ...place,
    expected,
    ...defined({ found }),
  })
}

function placeIn(text: string, offset: number): Place {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  // A byte order mark takes no column.
  const mark = lineStart === 0 && before.startsWith('\ufeff') ? 1 : 0
  return { line: countLines(before) + 1, column: offset - lineStart - mark + 1 }
}

function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
