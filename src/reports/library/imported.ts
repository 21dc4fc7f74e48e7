import type { Palette } from '../miss.ts'
import { columns, plural } from './words.ts'

/** What could not be carried over. */
export interface LostPart {
  readonly what: string
  readonly count: number
  /** The first place. */
  readonly first: string
}

/** A recording of another tool that was imported. */
export interface ImportedFile {
  readonly source: string
  readonly format: string
  /** The cassette. */
  readonly out: string
  /** How many were added. */
  readonly interactions: number
  /** How many the cassette had already. */
  readonly known: number
  readonly lost: readonly LostPart[]
}

/** A line a file, with a table of what could not be carried over. */
export function renderImported(files: readonly ImportedFile[], palette: Palette): string {
  return files
    .map(({ source, format, out, interactions, known, lost }) => {
      const had = known > 0 ? `, ${known} were there already` : ''
      const head = `${palette.bold(source)} ${palette.dim(`(${format})`)} -> ${out}: ${plural(interactions, 'interaction')}${had}`
      if (lost.length === 0) return head
      const rows = lost.map(({ what, count, first }) => [String(count), what, first])
      return [
        head,
        '  not carried over:',
        ...columns([['count', 'what', 'first'], ...rows], new Set([0])).map((line) => `    ${line}`),
      ].join('\n')
    })
    .join('\n')
}
