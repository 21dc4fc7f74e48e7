import * as vitest from 'vitest'

import { CassetteError } from '../errors/cassette-error.ts'
import { load } from './load.ts'
import type { TestOptions } from './test-run/test-scope.ts'
import type { VitestTask } from './vitest/file.ts'
import type { Host } from './vitest/host.ts'

export { type TestOptions } from './test-run/test-scope.ts'

const { host } = load('vitest/host') as { host: Host }

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
    await use({ path: host.currentCassettePath(), use: useCassette })
  },
}

/**
 * Sets cassette options for the test that is running: in its body before the first request, or in a `beforeEach`
 * for a whole suite. `false`: this test has no cassette of the runner's.
 * @throws CassetteOptionError outside a test, after the first request, for unknown options
 */
export function useCassette(options: TestOptions): void {
  host.useCassette(options)
}

/** Vitest's own types are not the user's to have in every version. */
interface Context {
  readonly task: VitestTask
}
interface Hooks {
  readonly aroundEach?: (hook: (runTest: () => Promise<void>, context: Context) => Promise<void>) => void
  readonly beforeAll: (hook: (_: object, file: VitestTask) => void) => void
  readonly afterAll: (hook: () => Promise<void>) => void
}

/** Registers the hooks for the test file that is being loaded. */
function register({ aroundEach, beforeAll, afterAll }: Hooks): void {
  if (!aroundEach)
    throw new CassetteError(
      'CASSETTE_RUNNER',
      'cassette/vitest needs vitest 4.1 or newer: this one has no aroundEach.',
    )
  const file = host.followFile(vitest.expect.getState().testPath)
  // Vitest wants a pattern here.
  // oxlint-disable-next-line no-empty-pattern
  beforeAll(({}, task) => file.begin(task))
  aroundEach((runTest, { task }) => file.around(runTest, task))
  afterAll(() => file.end())
}

register(vitest)
