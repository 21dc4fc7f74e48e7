import { load } from './load.ts'
import type * as Hooks from './node-test-hooks.ts'

export type { TestOptions } from './test-run/test-scope.ts'

const hooks = load('node-test-hooks') as typeof Hooks

/**
 * Sets cassette options for the running test. Call it in the test before its first request, or in a `beforeEach` for a
 * whole suite. With `false`, the runner gives this test no cassette. Throws `CassetteOptionError` outside a test, after
 * the first request, and for unknown options.
 */
export const useCassette: typeof Hooks.useCassette = hooks.useCassette
