import { MochaTests } from './tests.ts'
import type { MochaContext } from './types.ts'
import { leftOutsideTests, watchOutside } from '../test-run/outside.ts'
import { printLine } from '../../session/process/stderr.ts'

export { assertLLMSnapshot } from '../test-run/assert-snapshot.ts'
export { useCassette } from '../test-run/test-scope.ts'

let isCalled = false

/**
 * Fails the run if mocha never called the hooks: mocha 7 silently ignores them, so no request belongs to a test. Also if a request could
 * not be answered that was made after all tests, such as in a global teardown.
 */
function closeLast(code: number): void {
  const left = leftOutsideTests(code !== 0 || !isCalled)
  if (code !== 0 || left === undefined || (isCalled && left === 'none')) return
  printLine(
    isCalled && left !== 'none'
      ? `cassette: ${left.message}`
      : 'cassette: cassette/mocha needs mocha 10 or newer: this one has not called its hooks.',
  )
  // Setting `process.exitCode` is not enough: a later listener of mocha overwrites it.
  // oxlint-disable-next-line unicorn/no-process-exit
  process.exit(1)
}

// With `--parallel`, mocha numbers its worker processes.
watchOutside({ worker: process.env['MOCHA_WORKER_ID'] })
process.once('exit', closeLast)

const tests = new MochaTests((fn) => Object.values<unknown>(mochaHooks).includes(fn))

export const mochaHooks = {
  beforeAll(this: MochaContext): void {
    isCalled = true
    tests.prepare(this.test)
  },
  beforeEach(this: MochaContext): void {
    tests.begin(this.currentTest)
  },
  async afterEach(this: MochaContext): Promise<void> {
    await tests.finish(this.currentTest, this.test)
  },
  async afterAll(): Promise<void> {
    await tests.finishAll()
  },
}
