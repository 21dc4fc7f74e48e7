import { defined } from '../../base/defined.ts'
import { fileOf, firstLine } from '../../gate/text.ts'
import type { GateReport } from '../../gate/report.ts'
import { detailOf, isFailed } from './junit.ts'

/**
 * Common Test Report Format (ctrf.io), version 0.0.0: a test an interaction. What was not compared is `other`.
 * @param now milliseconds since the epoch
 */
export function renderCtrf(report: GateReport, now: number): string {
  const tests = [
    ...report.rows.map((row) => ({
      name: `${row.title} ${row.id}`,
      status: row.verdict === 'not compared' ? 'other' : isFailed(row) ? 'failed' : 'passed',
      duration: 0,
      suite: [row.cassette],
      filePath: fileOf(report.root, row.headCassette ?? row.cassette),
      ...defined({ line: row.line }),
      rawStatus: row.verdict,
      ...defined({ message: row.verdict === 'identical' ? undefined : detailOf(row) }),
    })),
    ...report.problems.map(({ side, cassette, message }) => ({
      name: `${cassette} (${side})`,
      status: 'other',
      duration: 0,
      suite: [cassette],
      filePath: fileOf(report.root, cassette),
      rawStatus: 'not compared',
      message,
    })),
  ]
  const count = (status: string): number => tests.filter((test) => test.status === status).length
  const summary = {
    tests: tests.length,
    passed: count('passed'),
    failed: count('failed'),
    pending: 0,
    skipped: 0,
    other: count('other'),
    start: now,
    stop: now,
  }
  const results = { tool: { name: 'cassette' }, summary, tests, extra: { verdict: firstLine(report) } }
  return JSON.stringify({ reportFormat: 'CTRF', specVersion: '0.0.0', results }, null, 2)
}
