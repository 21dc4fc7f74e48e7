import type { Finding } from '../../library/findings.ts'
import { sarifLocation, sarifLog, workflowCommand } from '../annotation.ts'
import { type Palette, PLAIN } from '../miss.ts'
import { plural } from './words.ts'

export interface FindingsReport {
  readonly findings: readonly Finding[]
  /** How many cassettes were read. */
  readonly cassettes: number
  /** Files that could not be read. */
  readonly problems: readonly string[]
}

type Render = (report: FindingsReport, palette?: Palette) => string

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  secret: 'A credential is in a cassette',
  'query-value': 'The value of a query parameter is in a cassette',
  incomplete: 'The recording is incomplete',
  'recorded-error': 'The recorded answer is an error',
  stale: 'The recording is old',
  'no-key': 'The recording has no match key',
  'old-key': 'The match key is of older rules',
  reformatted: 'The file is not in the layout that cassette writes',
  'volatile-text': 'The request holds the day of the recording',
  duplicate: 'Two recordings are the same',
}

const levels = { error: 'error', warning: 'warning', note: 'notice' } as const

/** Every format of `cassette lint` and `cassette scan`. */
export const FINDING_FORMATS: Readonly<Record<string, Render>> = {
  terminal: renderTerminal,
  json: (report) => JSON.stringify(report, null, 2),
  github: (report) =>
    [
      summary(report),
      ...report.findings.map(({ rule, level, file, line, message }) =>
        workflowCommand(levels[level], { file, line, title: rule }, message),
      ),
    ].join('\n'),
  sarif: ({ findings }) =>
    sarifLog(
      DESCRIPTIONS,
      findings.map(({ rule, level, file, line, id, message }) => ({
        ruleId: rule,
        level,
        message: { text: message },
        locations: [sarifLocation(file, line)],
        ...(id === undefined ? {} : { partialFingerprints: { interaction: `${id} ${rule}` } }),
      })),
    ),
}

function renderTerminal(report: FindingsReport, palette: Palette = PLAIN): string {
  const shown = report.findings.map(({ rule, level, file, line, id, message }) => {
    const name =
      level === 'note' ? palette.dim(rule) : level === 'error' ? palette.red(rule) : palette.bold(rule)
    return `${file}:${line}: ${name}: ${message}${id === undefined ? '' : palette.dim(` (${id})`)}`
  })
  return [...shown, summary(report)].join('\n')
}

function summary({ findings, cassettes }: FindingsReport): string {
  if (findings.length === 0) return `${plural(cassettes, 'cassette')}: nothing found`
  const counts = (['error', 'warning', 'note'] as const)
    .map((level) => [findings.filter((one) => one.level === level).length, level] as const)
    .filter(([count]) => count > 0)
    .map(([count, level]) => plural(count, level))
  return `${plural(cassettes, 'cassette')}: ${counts.join(', ')}`
}
