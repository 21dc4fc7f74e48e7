import { MochaTests } from './tests.ts'
import type { MochaContext } from './types.ts'
import { leftOutside, watchOutside } from '../test-run/outside.ts'
import { printLine } from '../../session/process/stderr.ts'

export { useCassette } from '../test-run/test-scope.ts'

let isCalled = false

/** Mocha 7 takes no hooks from a plugin, and says nothing of it: all requests are outside of tests then. */
function checkCalled(code: number): void {
  if (isCalled || code !== 0 || !leftOutside()) return
  printLine('cassette: cassette/mocha needs mocha 10 or newer: this one has not called its hooks.')
  // Mocha sets `process.exitCode` in a listener behind this one.
  // oxlint-disable-next-line unicorn/no-process-exit
  process.exit(1)
}

// In `--parallel`, mocha numbers its worker processes.
watchOutside({ worker: process.env['MOCHA_WORKER_ID'] })
process.once('exit', checkCalled)

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
