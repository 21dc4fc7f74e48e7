import { fileOf, firstLine } from '../../gate/text.ts'
import { AXES, type GateReport, type GateRow } from '../../gate/report.ts'
import { sarifLocation, sarifLog } from '../annotation.ts'
import { detailOf, isFailed } from './junit.ts'

/** SARIF 2.1.0, as code scanning reads it: a result for each interaction and axis that changed. */
export function renderSarif(report: GateReport): string {
  const results = [
    ...report.rows.flatMap((row) => resultsOf(row, report.root)),
    ...report.problems.map(({ side, cassette, message }) => ({
      ruleId: 'not-compared',
      level: 'warning',
      message: { text: `${side}: ${message}` },
      locations: [sarifLocation(fileOf(report.root, cassette), 1)],
    })),
  ]
  const described = [...AXES, 'not-compared'].map((id) => [id, DESCRIPTIONS[id] ?? id])
  return sarifLog(Object.fromEntries(described) as Record<string, string>, results, {
    verdict: firstLine(report),
  })
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  tools: 'The tool calls changed',
  structure: 'The structure of the answer changed',
  finish: 'The answer ends in another way',
  refusal: 'The model refuses, or no longer refuses',
  error: 'The answer is an error, or no longer one',
  media: 'The images, audio or files changed',
  embeddings: 'The embeddings changed',
  text: 'The text was reworded',
  'not-compared': 'The interaction was not compared',
}

function resultsOf(row: GateRow, root: string): object[] {
  const at = sarifLocation(fileOf(root, row.headCassette ?? row.cassette), row.line ?? 1)
  if (row.verdict === 'not compared')
    return [
      { ruleId: 'not-compared', level: 'warning', message: { text: row.reason ?? '' }, locations: [at] },
    ]
  return AXES.flatMap((axis) => {
    const changes = row.changes.filter((change) => change.axis === axis)
    const [first] = changes
    if (first === undefined) return []
    const part = { ...row, changes, notes: [] }
    const accepted = changes.find((change) => change.accepted !== undefined)?.accepted
    return [
      {
        ruleId: axis,
        level: isFailed({ ...part, verdict: 'regression' }) ? 'error' : 'note',
        message: { text: `${row.title}\n${detailOf(part)}` },
        locations: [at],
        partialFingerprints: { change: `${row.id} ${changes.map(({ hash }) => hash).join(' ')}` },
        ...(accepted && changes.every((change) => change.accepted !== undefined)
          ? { suppressions: [{ kind: 'external', justification: accepted.reason }] }
          : {}),
      },
    ]
  })
}
