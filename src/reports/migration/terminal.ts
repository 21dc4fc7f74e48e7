import type { MigrationReport, MigrationVerdict } from '../../migration/report.ts'
import type { MigrationRow } from '../../migration/rows.ts'
import { type Palette, PLAIN } from '../miss.ts'
import { columns } from '../library/words.ts'
import { costText, firstLine, GROUP_TITLES, groupCells, scoreText, toLookAt } from './words.ts'

/** More rows than this are for the page or for JSON. */
const MAX_ROWS = 200

export function renderTerminal(report: MigrationReport, palette: Palette = PLAIN): string {
  const { all, categories, pricesOf, problems } = report
  const colour = COLOURS[report.verdict]
  const [verdict = '', ...rest] = oneLine(firstLine(report)).split(':')
  const lines = [`${palette.bold(palette[colour](verdict))}:${rest.join(':')}`, '']
  const groups = categories.length > 1 ? [...categories, all] : [all]
  lines.push(
    ...columns([GROUP_TITLES, ...groups.map((group) => groupCells(group).map(oneLine))]).map((line) =>
      line.trimEnd(),
    ),
  )
  const rows = toLookAt(report)
  for (const row of rows.slice(0, MAX_ROWS)) lines.push('', ...rowLines(row, palette))
  if (rows.length > MAX_ROWS)
    lines.push('', `... and ${rows.length - MAX_ROWS} more: --format html or json shows all`)
  for (const problem of problems) lines.push('', `${palette.red('unreadable')} ${oneLine(problem)}`)
  if (all.target.dollars !== undefined || all.recorded.dollars !== undefined)
    lines.push('', palette.dim(`Prices of ${pricesOf}, for text.`))
  return lines.join('\n')
}

const COLOURS: Readonly<Record<MigrationVerdict, 'green' | 'bold' | 'red'>> = {
  GO: 'green',
  REVIEW: 'bold',
  'NO-GO': 'red',
  'not measured': 'bold',
}

function rowLines(row: MigrationRow, palette: Palette): string[] {
  const { cassette, category, changes, id, left, outcome, title } = row
  const name = outcome === 'failed' ? palette.red(outcome) : palette.bold(outcome)
  const cost = costText(row)
  return [
    `${name} ${oneLine(`${cassette} ${id} ${title}${category === undefined ? '' : ` [${category}]`}`)}`,
    ...[scoreText(row), cost].filter((text) => text !== '').map((text) => `  ${oneLine(text)}`),
    ...changes
      .filter(({ verdict }) => verdict === 'regression')
      .map(
        ({ after, axis, before, path }) => `  ${axis} ${oneLine(path)}: ${value(before)} → ${value(after)}`,
      ),
    ...(left.length === 0 ? [] : [palette.dim(oneLine(`  not said to the target: ${left.join(', ')}`))]),
  ]
}

/** Text from a file, without what a terminal would act on. */
const oneLine = (text: string): string => text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')

function value(of: unknown): string {
  const text = of === undefined ? '(absent)' : oneLine(JSON.stringify(of) ?? '')
  return text.length > 200 ? `${text.slice(0, 200).toWellFormed()}…` : text
}
