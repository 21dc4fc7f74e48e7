import { load } from './load.ts'
import type * as Hooks from './node-test-hooks.ts'

export type { SnapshotOptions } from './test-run/snapshots.ts'
export type { TestOptions } from './test-run/test-scope.ts'

const hooks = load('node-test-hooks') as typeof Hooks

/**
 * Sets cassette options for the running test. Call it in the test before its first request, or in a `beforeEach` for a
 * whole suite. With `false`, the runner gives this test no cassette. Throws `CassetteOptionError` outside a test, after
 * the first request, and for unknown options.
 */
export const useCassette: typeof Hooks.useCassette = hooks.useCassette

/**
 * Compares an answer of a model with the snapshot beside the test's cassette: its tool calls, structure, finish and refusal.
 * Another wording is no failure. The first run writes the snapshot. Throws `AssertionError` if the answer is another one, and
 * `CassetteOptionError` outside a test.
 */
export const assertLLMSnapshot: typeof Hooks.assertLLMSnapshot = hooks.assertLLMSnapshot
