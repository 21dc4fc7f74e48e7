/**
 * What `cassette/vitest` does outside of the context that a test file runs in. In the pools `vmThreads` and `vmForks`
 * that context is thrown away with the file, but what patches the process has to stay.
 */
import { endOutside, watchOutside } from '../test-run/outside.ts'
import { currentCassettePath, TestScope, useCassette } from '../test-run/test-scope.ts'
import { type VitestTask, VitestFile } from './file.ts'

const RUNNER = 'cassette/vitest'

/** What the hooks of one test file call. */
export interface FileHooks {
  /** When all tests are known and none has begun. */
  begin(file: VitestTask): void
  /** Around each test, its hooks included. */
  around(runTest: () => Promise<void>, test: VitestTask): Promise<void>
  /** When all tests have ended. */
  end(): Promise<void>
}

/** @param path of the test file; `undefined` where vitest does not say it */
function followFile(path: string | undefined): FileHooks {
  watchOutside(path === undefined ? { worker: process.env['VITEST_POOL_ID'] } : { file: path })
  let file: VitestFile | undefined
  return {
    begin(task) {
      file = new VitestFile(task)
      file.serialise()
    },
    async around(runTest, task) {
      file ??= new VitestFile(task)
      const isMeantToFail = file.isMeantToFail(task)
      task.fails = isMeantToFail
      const scope = new TestScope(RUNNER, file.nameOf(task))
      await scope.run(runTest)
      const { result } = task
      const problem = await scope.end({ failed: (result?.state === 'fail') !== isMeantToFail })
      if (!problem) return
      // Neither `fails` nor a skip says anything of a miss.
      task.fails = false
      if (result?.state === 'skip' || result?.pending) {
        result.state = 'run'
        result.pending = false
      }
      throw problem
    },
    async end() {
      const problem = await endOutside()
      file?.printOrphans()
      if (problem) throw problem
    },
  }
}

export const host = { followFile, useCassette, currentCassettePath }
export type Host = typeof host
