import type { Group, MigrationReport, Rate } from '../../migration/report.ts'
import type { MigrationRow, Outcome } from '../../migration/rows.ts'
import { counted, durationOf, moneyOf } from '../library/words.ts'

const WORDS: Readonly<Record<Outcome, string>> = {
  passed: 'passed',
  failed: 'failed',
  review: 'to review',
  skipped: 'skipped',
  'not asked': 'not asked',
  'not measured': 'not measured',
}

/** `GO: 12 of 12 rows passed (100 %, 95 % interval 76 to 100 %)` */
export function firstLine({ verdict, all, counts, problems, target }: MigrationReport): string {
  const { passed, measured } = all.rate
  const rest = (['failed', 'review', 'skipped', 'not asked', 'not measured'] as const).flatMap((outcome) =>
    counts[outcome] === 0 ? [] : [`${counted(counts[outcome])} ${WORDS[outcome]}`],
  )
  if (problems.length > 0) rest.push(`${problems.length} unreadable`)
  const rows = `${counted(passed)} of ${counted(measured)} rows passed with ${target} (${rateText(all.rate)})`
  return [`${verdict}: ${rows}`, ...rest].join(', ')
}

const percent = (share: number): number => Math.round(share * 100)

/** `92 %, 95 % interval 80 to 97 %` */
function rateText({ passed, measured, interval: [low, high] }: Rate): string {
  if (measured === 0) return 'nothing was measured'
  return `${percent(passed / measured)} %, 95 % interval ${percent(low)} to ${percent(high)} %`
}

/** What the scores of a row say, in words. */
export function scoreText({ scores, reason }: MigrationRow): string {
  const { embedding, exact, fuzzy, judge, structure } = scores
  const parts = [
    ...(structure === undefined ? [] : [`structure ${structure}`]),
    ...(exact === undefined ? [] : [exact ? 'exact' : 'not exact']),
    ...(fuzzy === undefined ? [] : [`fuzzy ${fuzzy.toFixed(2)}`]),
    ...(embedding === undefined ? [] : [`embedding ${embedding.toFixed(2)}`]),
    ...(judge === undefined ? [] : [`judge ${judge.verdict}: ${judge.reason}`]),
  ]
  return [...(reason === undefined ? [] : [reason]), parts.join(', ')].filter((one) => one !== '').join('; ')
}

const change = (name: string, before: string | undefined, after: string | undefined): string[] =>
  before === undefined && after === undefined ? [] : [`${name} ${before ?? '?'} → ${after ?? '?'}`]
const tokens = (side: MigrationRow['target']): string | undefined =>
  side?.tokens && counted(side.tokens.output)
const money = (side: MigrationRow['target']): string | undefined =>
  side?.dollars === undefined ? undefined : moneyOf(side.dollars)
const time = (side: MigrationRow['target']): string | undefined => side && durationOf(side.latencyMs)

/** `output tokens 12 → 40, latency 1.2 s → 800 ms` */
export function costText({ recorded, target }: MigrationRow): string {
  return [
    ...change('output tokens', tokens(recorded), tokens(target)),
    ...change('latency', time(recorded), time(target)),
    ...change('cost', money(recorded), money(target)),
  ].join(', ')
}

const pair = (values: readonly (string | undefined)[]): string => values.map((one) => one ?? '?').join(' → ')

/** The cells of a category: name, rows, share, and output tokens, median latency and cost of both sides. */
export function groupCells({ name, rate, recorded, rows, target }: Group): string[] {
  const sides = [recorded, target]
  return [
    name,
    `${rate.passed} of ${rate.measured}${rows > rate.measured ? ` (${rows - rate.measured} not measured)` : ''}`,
    rate.measured === 0 ? '' : rateText(rate),
    pair(sides.map(({ outputTokens }) => counted(outputTokens))),
    pair(sides.map(({ latencyMs }) => (latencyMs === undefined ? undefined : durationOf(latencyMs)))),
    pair(sides.map(({ dollars }) => (dollars === undefined ? undefined : moneyOf(dollars)))),
  ]
}

export const GROUP_TITLES = ['category', 'passed', 'share', 'output tokens', 'median latency', 'cost']

/** The rows that somebody must look at, the failed ones first. */
export const toLookAt = ({ rows }: MigrationReport): MigrationRow[] =>
  (['failed', 'review', 'not measured', 'not asked', 'skipped'] as const).flatMap((outcome) =>
    rows.filter((row) => row.outcome === outcome),
  )
