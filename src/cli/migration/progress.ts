import { isatty } from 'node:tty'

import type { Spent } from '../../asking/budget.ts'
import type { Progress } from '../../asking/migrate.ts'
import { monotonicNow } from '../../clock.ts'
import { counted, moneyOf } from '../../reports/library/words.ts'

/** How often a line is written, ms: on a terminal, and into a log. */
const TERMINAL_MS = 200
const LOG_MS = 10_000

/** Tells on stderr how far a migration is. On a terminal it is one line that changes. */
export function showProgress(spent: () => Spent): { show(progress: Progress): void; end(): void } {
  const isTerminal = isatty(2)
  let shownAt = monotonicNow()
  let isShown = false
  return {
    show({ asked, failed, kept, skipped }) {
      if (monotonicNow() - shownAt < (isTerminal ? TERMINAL_MS : LOG_MS)) return
      shownAt = monotonicNow()
      isShown = true
      const { dollars, input, output } = spent()
      const money = dollars > 0 ? `, ${moneyOf(dollars)}` : ''
      const line = `${counted(asked)} asked, ${counted(kept)} kept, ${counted(skipped.length)} skipped, ${counted(failed.length)} failed, ${counted(input + output)} tokens${money}`
      process.stderr.write(isTerminal ? `\r\u001b[2K${line}` : `${line}\n`)
    },
    end() {
      if (isShown && isTerminal) process.stderr.write('\r\u001b[2K')
    },
  }
}
