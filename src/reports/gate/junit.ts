import { byAxis, firstLine } from '../../gate/text.ts'
import type { GateReport, GateRow } from '../../gate/report.ts'
import { safeJson } from '../miss.ts'

/** JUnit XML, as CI servers read it: a suite a cassette, a case an interaction. */
export function renderJunit(report: GateReport): string {
  const suites = Map.groupBy(report.rows, ({ cassette }) => cassette)
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xml(firstLine(report))}" ${totals(report.rows, report.problems.length)}>`,
  ]
  for (const [cassette, rows] of suites)
    lines.push(
      `  <testsuite name="${xml(cassette)}" ${totals(rows)}>`,
      ...rows.flatMap(testCase),
      '  </testsuite>',
    )
  for (const { cassette, side, message } of report.problems)
    lines.push(
      `  <testsuite name="${xml(cassette)}" tests="1" failures="0" errors="1" skipped="0">`,
      `    <testcase classname="${xml(cassette)}" name="${side}">`,
      `      <error message="not compared">${xml(message)}</error>`,
      '    </testcase>',
      '  </testsuite>',
    )
  return [...lines, '</testsuites>'].join('\n')
}

function totals(rows: readonly GateRow[], problems = 0): string {
  const failures = rows.filter(isFailed).length
  const errors = rows.filter(({ verdict }) => verdict === 'not compared').length + problems
  return `tests="${rows.length + problems}" failures="${failures}" errors="${errors}" skipped="0"`
}

/** A regression that a person accepted is none. */
export const isFailed = ({ verdict, changes }: GateRow): boolean =>
  verdict === 'regression' &&
  changes.some((change) => change.verdict === 'regression' && change.accepted === undefined)

function testCase(row: GateRow): string[] {
  const open = `    <testcase classname="${xml(row.cassette)}" name="${xml(`${row.title} ${row.id}`)}"`
  if (row.verdict === 'identical') return [`${open}/>`]
  const detail = xml(detailOf(row))
  const body =
    row.verdict === 'not compared'
      ? `<error message="not compared">${detail}</error>`
      : isFailed(row)
        ? `<failure message="regression">${detail}</failure>`
        : `<system-out>${detail}</system-out>`
  return [`${open}>`, `      ${body}`, '    </testcase>']
}

/** What changed, as plain lines. */
export function detailOf({ reason, changes, notes }: GateRow): string {
  if (reason !== undefined) return reason
  const lines = byAxis(changes).flatMap(([axis, found]) =>
    found.map(({ path, before, after, accepted }) => {
      const note = accepted ? ` (accepted ${accepted.date}: ${accepted.reason})` : ''
      return `${axis}: ${path}: ${shown(before)} -> ${shown(after)}${note}`
    }),
  )
  return [...lines, ...notes].join('\n')
}

const shown = (value: unknown): string => (value === undefined ? '(absent)' : safeJson(value))

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Characters that XML 1.0 cannot hold, escaped or not, become U+FFFD. */
const xml = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\0-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
    .replaceAll('\n', '&#10;')
