import { checkedNode } from './node-version.ts'
import { MochaTests } from './mocha-tests.ts'
import type { MochaContext } from './mocha-types.ts'
import { watchOutside } from './outside.ts'

export { type TestOptions, useCassette } from './test-scope.ts'

/** In `--parallel`, mocha numbers its worker processes. */
if (checkedNode) watchOutside({ worker: process.env['MOCHA_WORKER_ID'] })

const tests = new MochaTests((fn) => Object.values<unknown>(mochaHooks).includes(fn))

/** mocha's root hooks: `mocha --require cassette/mocha`, or `require` in `.mocharc`. */
export const mochaHooks = {
  beforeAll(this: MochaContext): void {
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
