import { byAxis, firstLine } from '../../gate/text.ts'
import type { GateChange, GateReport, GateRow } from '../../gate/report.ts'
import { type Palette, PLAIN, safeJson, sideBySide } from '../miss.ts'

/** More changes of one interaction are counted only. */
const MAX_CHANGES = 8

/** For people, at a terminal: the verdict in the first line, then whatever is not identical. */
export function renderTerminal(report: GateReport, palette: Palette = PLAIN): string {
  const lines = [palette.bold(firstLine(report))]
  if (report.runs !== undefined) lines.push(palette.dim(report.runs))
  for (const row of report.rows) if (row.verdict !== 'identical') lines.push('', ...rowLines(row, palette))
  for (const { side, cassette, message } of report.problems)
    lines.push('', `${palette.red('not compared')} ${safe(cassette)} (${side})`, `  ${safe(message)}`)
  return lines.join('\n')
}

function rowLines(row: GateRow, palette: Palette): string[] {
  const word = row.verdict === 'benign' ? palette.green(row.verdict) : palette.red(row.verdict)
  const place = `${row.cassette}${row.line === undefined ? '' : `:${row.line}`}`
  const lines = [`${word} ${palette.bold(safe(place))} ${row.id} ${palette.dim(safe(row.title))}`]
  if (row.headId !== undefined || row.headCassette !== undefined)
    lines.push(`  in the head: ${safe(row.headCassette ?? row.cassette)} ${row.headId ?? row.id}`)
  if (row.reason !== undefined) lines.push(`  ${safe(row.reason)}`)
  const shown = row.changes.slice(0, MAX_CHANGES)
  for (const [axis, changes] of byAxis(shown)) {
    lines.push(`  ${palette.dim(axis)}`)
    for (const change of changes) lines.push(...changeLines(change, palette))
  }
  if (shown.length < row.changes.length) lines.push(`    ... and ${row.changes.length - shown.length} more`)
  if (row.notes.length > 0) lines.push(`  ${palette.dim(safe(row.notes.join(', ')))}`)
  return lines
}

function changeLines(change: GateChange, palette: Palette): string[] {
  const [before, after] = sideBySide(change.before, change.after)
  const { accepted } = change
  const note = accepted ? palette.dim(` accepted ${accepted.date}: ${safe(accepted.reason)}`) : ''
  return [
    `    ${change.verdict} ${safe(change.path)}${note}`,
    `      base  ${palette.red(before)}`,
    `      head  ${palette.green(after)}`,
  ]
}

/** Text from a file, with what a terminal would act on escaped. */
const safe = (text: string): string =>
  text
    .split('\n')
    .map((line) => safeJson(line).slice(1, -1).replaceAll('\\"', '"').replaceAll('\\\\', '\\'))
    .join('\n')
