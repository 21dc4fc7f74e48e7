import { load } from './load.ts'
import type * as Plugin from './mocha/plugin.ts'

export type { TestOptions } from './test-run/test-scope.ts'

const plugin = load('mocha/plugin') as typeof Plugin

/** The root hooks for mocha: `mocha --require cassette/mocha`, or `require` in `.mocharc`. */
export const mochaHooks: typeof Plugin.mochaHooks = plugin.mochaHooks

/**
 * Sets cassette options for the running test. Call it in the test before its first request, or in a `beforeEach` for a
 * whole suite. With `false`, the runner gives this test no cassette. Throws `CassetteOptionError` outside a test, after
 * the first request, and for unknown options.
 */
export const useCassette: typeof Plugin.useCassette = plugin.useCassette
