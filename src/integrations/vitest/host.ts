/**
 * The part of `cassette/vitest` that runs outside of the VM context of a test file. In the pools `vmThreads` and
 * `vmForks`, vitest drops that context with the file, but the patches of the process have to stay.
 */
import { endOutside, watchOutside } from '../test-run/outside.ts'
import { checkSnapshot, currentCassettePath, TestScope, useCassette } from '../test-run/test-scope.ts'
import { updateOfEnvironment } from '../test-run/snapshots.ts'
import { type VitestTask, VitestFile } from './file.ts'

const RUNNER = 'cassette/vitest'

/** The functions that the hooks of one test file call. */
export interface FileHooks {
  /** Called when all tests are known and none has begun. */
  begin(file: VitestTask): void
  /** Runs one test and its hooks. */
  around(runTest: () => Promise<void>, test: VitestTask): Promise<void>
  /** Called when all tests have ended. */
  end(): Promise<void>
}

/** @param path of the test file; `undefined` if vitest does not tell it */
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
      // A miss fails the test even with `fails` or after a skip.
      task.fails = false
      if (result?.state === 'skip' || result?.pending) {
        result.state = 'run'
        result.pending = false
      }
      throw problem
    },
    async end() {
      const problem = await endOutside()
      file?.printLeftovers()
      if (problem) throw problem
    },
  }
}

export const host = { followFile, useCassette, currentCassettePath, checkSnapshot, updateOfEnvironment }
export type Host = typeof host
