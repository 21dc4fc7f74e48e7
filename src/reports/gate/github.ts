import { byAxis, fileOf, firstLine } from '../../gate/text.ts'
import { workflowCommand } from '../annotation.ts'
import type { GateReport, GateRow } from '../../gate/report.ts'

/** Workflow commands of GitHub Actions: one annotation an interaction, at its line. The first line is the verdict. */
export function renderGithub(report: GateReport): string {
  const rows = report.rows.filter(({ verdict }) => verdict !== 'identical')
  return [
    firstLine(report),
    ...rows.map((row) => annotation(row, report.root)),
    ...report.problems.map(({ cassette, message }) =>
      workflowCommand('error', { file: fileOf(report.root, cassette), title: 'not compared' }, message),
    ),
  ].join('\n')
}

function annotation(row: GateRow, root: string): string {
  const level = row.verdict === 'regression' ? 'error' : row.verdict === 'benign' ? 'notice' : 'warning'
  const told = byAxis(row.changes).map(
    ([axis, found]) => `${axis}: ${found.map(({ path }) => path).join(', ')}`,
  )
  const message = row.reason ?? [row.title, ...told].join('\n')
  return workflowCommand(
    level,
    {
      file: fileOf(root, row.headCassette ?? row.cassette),
      line: row.line ?? 1,
      title: `${row.verdict} ${row.id}`,
    },
    message,
  )
}
