import type { GateCounts, GateProblem, GateReport, GateRow } from './report.ts'

export type FailOn = 'benign' | 'regression' | 'missing'
export const FAIL_ON: readonly FailOn[] = ['benign', 'regression', 'missing']

export interface VerdictOptions {
  readonly failOn: ReadonlySet<FailOn>
  /** An interaction that only the head has is new, and fine. */
  readonly allowNew: boolean
}

/** How a row counts in the end. */
function outcomeOf(row: GateRow, { failOn, allowNew }: VerdictOptions): keyof GateCounts {
  if (row.verdict === 'not compared') {
    if (row.only === 'head' && allowNew) return 'added'
    return row.only === 'base' && failOn.has('missing') ? 'missing' : 'notCompared'
  }
  if (row.verdict === 'identical') return 'identical'
  const left = row.changes.filter(({ accepted }) => accepted === undefined)
  if (left.some(({ verdict }) => verdict === 'regression')) return 'regression'
  return left.length > 0 || row.changes.length === 0 ? 'benign' : 'accepted'
}

export function countsOf(rows: readonly GateRow[], options: VerdictOptions): GateCounts {
  const counts = { identical: 0, benign: 0, regression: 0, accepted: 0, added: 0, missing: 0, notCompared: 0 }
  for (const row of rows) counts[outcomeOf(row, options)] += 1
  return counts
}

/** The verdict over everything. What was not compared is never taken for passed. */
export function verdictOf(counts: GateCounts, problems: readonly GateProblem[]): GateReport['verdict'] {
  if (counts.regression > 0 || counts.missing > 0) return 'regression'
  if (counts.notCompared > 0 || problems.length > 0) return 'not measured'
  return counts.benign > 0 || counts.accepted > 0 || counts.added > 0 ? 'benign' : 'identical'
}

/** 0 clean, 1 a regression, 3 something was not compared. */
export function exitCodeOf({ verdict, counts }: GateReport, { failOn }: VerdictOptions): 0 | 1 | 3 {
  if (verdict === 'regression' || (failOn.has('benign') && counts.benign > 0)) return 1
  return verdict === 'not measured' ? 3 : 0
}
