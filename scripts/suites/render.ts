import type { NewFailure } from './compare.ts'
import type { Setting } from './run-file.ts'

export interface Report {
  readonly suite: string
  readonly files: number
  /** Passed and all tests of a plain process. */
  readonly plain: { readonly passed: number; readonly all: number }
  readonly settings: readonly Setting[]
  readonly failures: readonly NewFailure[]
}

function line({ file, title, reason }: NewFailure): string {
  return `  ${file}: ${title}${reason === undefined ? '' : `\n    known: ${reason}`}`
}

/** The report as text: one block a setting, its new failures by name, the known ones with their reasons. */
export function render({ suite, files, plain, settings, failures }: Report): string {
  const lines = [`${suite}: ${files} files; plain: ${plain.passed} of ${plain.all} tests pass`]
  for (const setting of settings) {
    const here = failures.filter((failure) => failure.setting === setting)
    const known = here.filter(({ reason }) => reason !== undefined)
    lines.push(`${setting}: ${here.length - known.length} new failures, ${known.length} known`)
    lines.push(...here.map(line))
  }
  return lines.join('\n')
}
