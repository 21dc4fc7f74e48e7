import * as vitest from 'vitest'

import { CassetteError } from '../errors/cassette-error.ts'
import { load } from './load.ts'
import type { SnapshotOptions, SnapshotOutcome, SnapshotUpdate } from './test-run/snapshots.ts'
import type { TestOptions } from './test-run/test-scope.ts'
import type { VitestTask } from './vitest/file.ts'
import type { Host } from './vitest/host.ts'

export type { SnapshotOptions } from './test-run/snapshots.ts'
export { type TestOptions } from './test-run/test-scope.ts'

const { host } = load('vitest/host') as { host: Host }

/** The value of the fixture in a test. */
export interface CassetteFixture {
  /** The path of the test's cassette. The file need not exist yet. */
  readonly path: string | undefined
  /** The same as `useCassette`. */
  use(options: TestOptions): void
}

/** The argument of `test.extend`: a test then gets `{ cassette }`, with or without the setup file. */
export const cassetteFixture = {
  // Vitest reads from this pattern which other fixtures it needs.
  // oxlint-disable-next-line no-empty-pattern
  cassette: async ({}, use: (cassette: CassetteFixture) => Promise<void>): Promise<void> => {
    await use({ path: host.currentCassettePath(), use: useCassette })
  },
}

/**
 * Sets cassette options for the running test. Call it in the test before its first request, or in a `beforeEach` for a
 * whole suite. With `false`, the runner gives this test no cassette.
 * @throws CassetteOptionError outside a test, after the first request, for unknown options
 */
export function useCassette(options: TestOptions): void {
  host.useCassette(options)
}

/** The types that this file uses, declared here because vitest's own types differ between versions. */
interface Context {
  readonly task: VitestTask
}
interface Hooks {
  readonly aroundEach?: (hook: (runTest: () => Promise<void>, context: Context) => Promise<void>) => void
  readonly beforeAll: (hook: (_: object, file: VitestTask) => void) => void
  readonly afterAll: (hook: () => Promise<void>) => void
}

declare module 'vitest' {
  // The type parameters have to be those of vitest.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /**
     * Compares an answer of a model with the snapshot beside the test's cassette: its tool calls, structure, finish and
     * refusal. Another wording is no failure. Await it for a response of fetch.
     */
    toMatchLLMSnapshot(options?: SnapshotOptions): Promise<void>
  }
}

interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
}

/** What `--update` and CI say. Vitest tells it to a matcher only through the state of its worker. */
function updateMode(): SnapshotUpdate {
  const environment = host.updateOfEnvironment()
  if (environment === 'all') return environment
  const worker = Reflect.get(globalThis, '__vitest_worker__') as WorkerState | undefined
  return worker?.config?.snapshotOptions?.updateSnapshot ?? environment
}

interface WorkerState {
  readonly config?: { readonly snapshotOptions?: { readonly updateSnapshot?: SnapshotUpdate } }
}

const resultOf = ({ pass, message }: SnapshotOutcome): MatcherResult => ({ pass, message: () => message })

vitest.expect.extend({
  toMatchLLMSnapshot(received: unknown, options: SnapshotOptions = {}) {
    const outcome = host.checkSnapshot(received, options, updateMode())
    return 'then' in outcome ? outcome.then(resultOf) : resultOf(outcome)
  },
})

/** Registers the hooks for the test file that vitest is loading. */
function register({ aroundEach, beforeAll, afterAll }: Hooks): void {
  if (!aroundEach)
    throw new CassetteError(
      'CASSETTE_RUNNER',
      'cassette/vitest needs vitest 4.1 or newer: this one has no aroundEach.',
    )
  const file = host.followFile(vitest.expect.getState().testPath)
  // Vitest requires a pattern here.
  // oxlint-disable-next-line no-empty-pattern
  beforeAll(({}, task) => file.begin(task))
  aroundEach((runTest, { task }) => file.around(runTest, task))
  afterAll(() => file.end())
}

register(vitest)
