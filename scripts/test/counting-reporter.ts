import { writeFileSync } from 'node:fs'

import Mocha from 'mocha'

import type { Ended } from './result.ts'

/** A test's title and the begin of its message. */
function line(test: Mocha.Test, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return `${test.fullTitle()}: ${message.split('\n', 3).join(' ').slice(0, 300)}`
}

/** Mocha's spec reporter, which also writes an {@link Ended} to the file of the reporter option `counts`, as JSON. */
class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions & { reporterOption?: { counts?: string } }) {
    super(runner, options)
    const file = options.reporterOption?.counts
    const [failures, retried]: [string[], string[]] = [[], []]
    runner.on('fail', (test: Mocha.Test, error: unknown) => void failures.push(line(test, error)))
    runner.on('retry', (test: Mocha.Test, error: unknown) => void retried.push(line(test, error)))
    runner.once('end', () => {
      if (file === undefined) return
      const { passes, failures: failed, pending } = this.stats
      const ended: Ended = { counts: { passed: passes, failed, skipped: pending }, failures, retried }
      writeFileSync(file, JSON.stringify(ended))
    })
  }
}

// oxlint-disable-next-line import/no-default-export -- mocha loads a reporter as the default export
export default CountingReporter
