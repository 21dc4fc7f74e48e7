import { writeFileSync } from 'node:fs'

import Mocha from 'mocha'

import type { Counts } from './result.ts'

/** Mocha's spec reporter, which also writes the counts to the file of the reporter option `counts`, as JSON. */
class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions & { reporterOption?: { counts?: string } }) {
    super(runner, options)
    const file = options.reporterOption?.counts
    runner.once('end', () => {
      if (file === undefined) return
      const { passes, failures, pending } = this.stats
      const counts: Counts = { passed: passes, failed: failures, skipped: pending }
      writeFileSync(file, JSON.stringify(counts))
    })
  }
}

// oxlint-disable-next-line import/no-default-export -- mocha loads a reporter as the default export
export default CountingReporter
