import { statSync } from 'node:fs'

import * as vitest from 'vitest'

import { CassetteError } from '../errors/cassette-error.ts'
import { checkedNode } from './node-version.ts'
import { endOutside, watchOutside } from './outside.ts'
import { currentCassettePath, TestScope, type TestOptions, useCassette } from './test-scope.ts'
import { type VitestTask, VitestFile } from './vitest-file.ts'

export { type TestOptions, useCassette } from './test-scope.ts'

/** What the fixture gives a test. */
export interface CassetteFixture {
  /** Where its cassette is, or will be. */
  readonly path: string | undefined
  /** As `useCassette`. */
  use(options: TestOptions): void
}

/** For `test.extend(cassetteFixture)`: a test then has `{ cassette }`, with or without the setup file. */
export const cassetteFixture = {
  // Vitest reads the names of the fixtures it needs from the pattern.
  // oxlint-disable-next-line no-empty-pattern
  cassette: async ({}, use: (cassette: CassetteFixture) => Promise<void>): Promise<void> => {
    await use({ path: currentCassettePath(), use: useCassette })
  },
}

/** Vitest's own types are not the user's to have in every version. */
interface Context {
  readonly task: VitestTask
}
interface Hooks {
  readonly aroundEach?: (hook: (runTest: () => Promise<void>, context: Context) => Promise<void>) => void
  readonly beforeAll: (hook: () => void) => void
  readonly afterAll: (hook: (_: object, file: VitestTask) => Promise<void>) => void
}

const RUNNER = 'cassette/vitest'

/**
 * Whether this is a VM context: what Node's core throws is an error of another realm there.
 * @note The patches stay in the process when the context of a test file is thrown away with the code behind them.
 */
function isVm(): boolean {
  try {
    statSync('\0')
  } catch (error) {
    return !(error instanceof Error)
  }
  return false
}

/** Registers the hooks for the test file that is being loaded. */
function register({ aroundEach, afterAll }: Hooks): void {
  if (!aroundEach)
    throw new CassetteError(
      'CASSETTE_RUNNER',
      `${RUNNER} needs vitest 4.1 or newer: this one has no aroundEach.`,
    )
  if (isVm())
    throw new CassetteError(
      'CASSETTE_RUNNER',
      `${RUNNER} cannot run in the pools vmThreads and vmForks, which give each test file a copy of the package that ` +
        "is thrown away with it. Use pool: 'forks' or 'threads'.",
    )
  let file: VitestFile | undefined

  aroundEach(async (runTest, { task }) => {
    file ??= new VitestFile(task)
    const scope = new TestScope(RUNNER, file.nameOf(task))
    await scope.run(runTest)
    const result = task.result
    const problem = await scope.end({ failed: result?.state === 'fail' })
    if (!problem) return
    if (result?.state === 'skip' || result?.pending) {
      // A skip says nothing of a miss.
      result.state = 'run'
      result.pending = false
    }
    throw problem
  })

  afterAll(async () => {
    const problem = await endOutside()
    file?.printOrphans()
    if (problem) throw problem
  })
}

if (checkedNode) {
  register(vitest)
  const { testPath } = vitest.expect.getState()
  watchOutside(testPath === undefined ? { worker: process.env['VITEST_POOL_ID'] } : { file: testPath })
}
