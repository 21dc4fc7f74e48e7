export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** What a mocha process writes when its tests have run to their end. */
export interface Ended {
  readonly counts: Counts
  /** A line for each failed test: its title and the begin of its message. */
  readonly failures: readonly string[]
  /** A line for each test that failed and was run again (TEST_RETRIES=1). */
  readonly retried: readonly string[]
}

/** What became of one mocha process. */
export interface Result {
  readonly name: string
  /** `null` if a signal ended the process. */
  readonly code: number | null
  /** `undefined` if the tests did not run to their end. */
  readonly counts: Counts | undefined
  readonly seconds: number
  /** A line for each failed test. */
  readonly failures: readonly string[]
  /** A line for each test that failed and was run again. */
  readonly retried?: readonly string[]
}

/** Why a group counts as failed; `undefined` if it passed. */
export function whyFailed({ code, counts }: Result): string | undefined {
  if (counts === undefined) return 'its tests did not run to their end'
  if (counts.failed > 0) return `${counts.failed} of its tests failed`
  if (counts.passed === 0) return 'it ran no test'
  return code === 0 ? undefined : `mocha ended with ${code === null ? 'a signal' : `exit code ${code}`}`
}

/** The sum of all groups. A group that failed without a failed test counts as one failed test. */
export function total(results: readonly Result[]): Counts {
  let [passed, failed, skipped] = [0, 0, 0]
  for (const result of results) {
    const { counts } = result
    passed += counts?.passed ?? 0
    skipped += counts?.skipped ?? 0
    failed +=
      counts !== undefined && counts.failed > 0 ? counts.failed : whyFailed(result) === undefined ? 0 : 1
  }
  return { passed, failed, skipped }
}

/** A line for each group, for each test that was run again, for each failed group and failed test, and the sum, which `.ci/run` reads. */
export function summary(results: readonly Result[]): string {
  const width = Math.max(...results.map(({ name }) => name.length), 0)
  const lines = results.map(({ name, counts, seconds }) => {
    const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 }
    const numbers = `${passed} passed, ${failed} failed, ${skipped} skipped`
    return `  ${name.padEnd(width)}  ${seconds.toFixed(0).padStart(4)} s  ${numbers}`
  })
  const retried = results.flatMap((result) =>
    (result.retried ?? []).map((test) => `  RETRIED ${result.name}: ${test}`),
  )
  const failures = results.flatMap((result) => {
    const why = whyFailed(result)
    const tests = result.failures.map((failure) => `  FAILED ${result.name}: ${failure}`)
    return why === undefined ? [] : [`  FAILED ${result.name}: ${why}`, ...tests]
  })
  const { passed, failed, skipped } = total(results)
  const sum = `tests: ${passed} passed, ${failed} failed, ${skipped} skipped`
  return [...lines, ...retried, ...failures, sum, ''].join('\n')
}
