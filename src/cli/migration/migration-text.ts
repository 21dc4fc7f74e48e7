import type { Spent } from '../../asking/budget.ts'
import type { Progress } from '../../asking/migrate.ts'
import type { MigrationReport } from '../../migration/report.ts'
import { counted, moneyOf } from '../../reports/library/words.ts'
import { firstLine } from '../../reports/migration/words.ts'

const MAX_LINES = 50

/** What a migration did, for people. */
export function migrationText(about: {
  readonly done: Progress
  readonly spent: Spent
  readonly report: MigrationReport
  readonly folder: string
}): string {
  const { done, folder, report, spent } = about
  const { asked, failed, kept, left, skipped, unreadable } = done
  const money = spent.dollars > 0 ? `, ${moneyOf(spent.dollars)}` : ''
  const told = [
    ...failed.map(({ cassette, id, reason }) => `failed ${cassette} ${id}: ${reason}`),
    ...unreadable.map((message) => `unreadable ${message}`),
    ...skipped.map(({ cassette, id, reason }) => `skipped ${cassette} ${id}: ${reason}`),
  ]
  const lines = [
    firstLine(report),
    `${counted(asked)} asked, ${counted(kept)} kept from before, ${counted(skipped.length)} skipped, ${counted(failed.length)} failed; ${counted(spent.input)} tokens in, ${counted(spent.output)} out${money}`,
    ...(left > 0
      ? [
          `The budget is used up: ${counted(left)} requests were not sent. The same command goes on from here.`,
        ]
      : []),
    ...told.slice(0, MAX_LINES),
    ...(told.length > MAX_LINES ? [`... and ${told.length - MAX_LINES} more`] : []),
    `The answers are in ${folder}. cassette report --corpus ${report.corpus} --target ${report.target} tells more.`,
  ]
  return lines.join('\n')
}
