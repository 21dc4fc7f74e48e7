import type { MigrationRow, Outcome, Comparator } from './rows.ts'

export type MigrationVerdict = 'GO' | 'REVIEW' | 'NO-GO' | 'not measured'

/** More failed rows than this share are a NO-GO. */
const MAX_FAILED = 0.1

/** How many rows passed of those that were measured. */
export interface Rate {
  readonly passed: number
  readonly measured: number
  /** The 95 % interval of the share that passes, by Wilson. Without rows: from 0 to 1. */
  readonly interval: readonly [low: number, high: number]
}

/** The rows of one category, or all. */
export interface Group {
  readonly name: string
  readonly rows: number
  readonly rate: Rate
  readonly recorded: Totals
  readonly target: Totals
}

export interface Totals {
  readonly inputTokens: number
  readonly outputTokens: number
  /** US dollars, of the rows whose model has a price; absent: none has. */
  readonly dollars?: number
  /** The median, ms; absent: nothing was measured. */
  readonly latencyMs?: number
}

export interface MigrationReport {
  readonly verdict: MigrationVerdict
  readonly corpus: string
  readonly target: string
  readonly comparators: readonly Comparator[]
  readonly counts: Readonly<Record<Outcome, number>>
  readonly all: Group
  /** In the order of their names; rows without a category are `(none)`. */
  readonly categories: readonly Group[]
  readonly rows: readonly MigrationRow[]
  /** Cassettes that could not be read. */
  readonly problems: readonly string[]
  /** The date of the prices. */
  readonly pricesOf: string
}

/**
 * The interval in which the true share lies with 95 % certainty.
 * @see Wilson, "Probable inference, the law of succession, and statistical inference", 1927
 */
function wilson(passed: number, of: number): readonly [low: number, high: number] {
  if (of === 0) return [0, 1]
  const z = 1.959964
  const share = passed / of
  const middle = share + (z * z) / (2 * of)
  const spread = z * Math.sqrt((share * (1 - share) + (z * z) / (4 * of)) / of)
  const whole = 1 + (z * z) / of
  return [Math.max(0, (middle - spread) / whole), Math.min(1, (middle + spread) / whole)]
}

export function reportOf(
  rows: readonly MigrationRow[],
  about: Pick<MigrationReport, 'corpus' | 'target' | 'comparators' | 'problems' | 'pricesOf'>,
): MigrationReport {
  const counts = { passed: 0, failed: 0, review: 0, skipped: 0, 'not asked': 0, 'not measured': 0 }
  for (const { outcome } of rows) counts[outcome] += 1
  const groups = Map.groupBy(rows, ({ category }) => category ?? '(none)')
  return {
    ...about,
    verdict: verdictOf(counts, about.problems.length),
    counts,
    all: groupOf('all', rows),
    categories: [...groups]
      .map(([name, own]) => groupOf(name, own))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    rows,
  }
}

function verdictOf(counts: MigrationReport['counts'], problems: number): MigrationVerdict {
  const { passed, failed, review, skipped } = counts
  const measured = passed + failed + review
  if (measured === 0) return 'not measured'
  if (failed / measured > MAX_FAILED) return 'NO-GO'
  const open = failed + review + skipped + counts['not asked'] + counts['not measured'] + problems
  return open > 0 ? 'REVIEW' : 'GO'
}

/** 0 fine, 1 a NO-GO or, if strict, any failed row; 3 something could not be measured. */
export function exitCodeOf({ verdict, counts, problems }: MigrationReport, isStrict: boolean): 0 | 1 | 3 {
  if (verdict === 'NO-GO' || (isStrict && counts.failed > 0)) return 1
  const open = counts['not asked'] + counts['not measured'] + problems.length
  return verdict === 'not measured' || open > 0 ? 3 : 0
}

const MEASURED: ReadonlySet<Outcome> = new Set(['passed', 'failed', 'review'])

function groupOf(name: string, rows: readonly MigrationRow[]): Group {
  const measured = rows.filter(({ outcome }) => MEASURED.has(outcome))
  const passed = measured.filter(({ outcome }) => outcome === 'passed').length
  return {
    name,
    rows: rows.length,
    rate: { passed, measured: measured.length, interval: wilson(passed, measured.length) },
    recorded: totals(measured, 'recorded'),
    target: totals(measured, 'target'),
  }
}

function totals(rows: readonly MigrationRow[], side: 'recorded' | 'target'): Totals {
  const sides = rows.flatMap((row) => row[side] ?? [])
  const dollars = sides.flatMap((one) => one.dollars ?? [])
  const times = sides.map(({ latencyMs }) => latencyMs).toSorted((a, b) => a - b)
  const middle = times[Math.floor((times.length - 1) / 2)]
  return {
    inputTokens: sides.reduce((sum, { tokens }) => sum + (tokens?.input ?? 0), 0),
    outputTokens: sides.reduce((sum, { tokens }) => sum + (tokens?.output ?? 0), 0),
    ...(dollars.length === 0 ? {} : { dollars: dollars.reduce((sum, one) => sum + one, 0) }),
    ...(middle === undefined ? {} : { latencyMs: middle }),
  }
}
