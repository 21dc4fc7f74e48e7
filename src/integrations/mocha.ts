import { load } from './load.ts'
import type * as Plugin from './mocha/plugin.ts'

export type { TestOptions } from './test-run/test-scope.ts'

const plugin = load('mocha/plugin') as typeof Plugin

/** mocha's root hooks: `mocha --require cassette/mocha`, or `require` in `.mocharc`. */
export const mochaHooks: typeof Plugin.mochaHooks = plugin.mochaHooks

/**
 * Sets cassette options for the test that is running: in its body before the first request, or in a `beforeEach`
 * for a whole suite. `false`: this test has no cassette of the runner's. Throws `CassetteOptionError` outside a test,
 * after the first request, and for unknown options.
 */
export const useCassette: typeof Plugin.useCassette = plugin.useCassette
