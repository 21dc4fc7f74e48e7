import type { PriceList } from '../../library/prices.ts'
import { UnsayableError } from '../../errors/unsayable-error.ts'
import { readKept } from '../../migration/kept-answer.ts'
import type { Provider } from '../../migration/providers.ts'
import { type NamedCassette, questionsIn, type Question } from '../../migration/questions.ts'
import { type MigrationReport, reportOf } from '../../migration/report.ts'
import { requestFor } from '../../migration/request-for.ts'
import { type Comparator, measure, type MigrationRow, plainRow } from '../../migration/rows.ts'
import type { AnswerFolder } from '../../storage/output/answers.ts'

export interface ReportParts {
  readonly corpus: string
  readonly cassettes: readonly NamedCassette[]
  readonly target: string
  readonly provider: Provider
  readonly folder: AnswerFolder
  readonly comparators: readonly Comparator[]
  readonly prices: PriceList
  /** Keep what the answers say, for a page. */
  readonly answers: boolean
}

/** Compares what is on the disk. It asks nobody. */
export function readReport(parts: ReportParts): MigrationReport {
  const { cassettes, comparators, corpus, prices, target } = parts
  const problems: string[] = []
  const rows: MigrationRow[] = []
  for (const found of questionsIn(cassettes)) {
    if (found.kind === 'unreadable') problems.push(found.message)
    else if (found.kind === 'skipped') rows.push(plainRow(found, 'skipped', found.reason))
    else rows.push(rowOf(found, parts))
  }
  return reportOf(rows, { corpus, target, comparators, problems, pricesOf: prices.date })
}

function rowOf(
  question: Question,
  { answers, comparators, folder, prices, provider, target }: ReportParts,
): MigrationRow {
  const cassette = folder.load(question.key)
  const kept = cassette && readKept(cassette)
  if (kept) return measure(question, kept, { comparators, prices, answers })
  try {
    requestFor(question, provider, target)
    return plainRow(question, 'not asked', `${target} has not answered it: run cassette migrate`)
  } catch (error) {
    if (error instanceof UnsayableError) return plainRow(question, 'skipped', error.message)
    throw error
  }
}
