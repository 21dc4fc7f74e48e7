import type * as Environment from './jest/environment.ts'
import { load } from './load.ts'

export type { TestOptions } from './test-run/test-scope.ts'

const environment = load('jest/environment') as typeof Environment

/**
 * Extends a test environment, such as that of `jest-environment-jsdom`, so that each test gets a cassette. Options for
 * all tests: `testEnvironmentOptions: { cassette: { ... } }`. In tests, `useCassette` is a global.
 */
export const withCassettes: typeof Environment.withCassettes = environment.withCassettes

/** The same function as the global `useCassette` of the tests. */
export const useCassette: typeof Environment.useCassette = environment.useCassette

/** The environment for `testEnvironment: 'cassette/jest'`. */
const CassetteEnvironment = withCassettes(environment.nodeEnvironment())
// Jest loads the default export of an environment.
// oxlint-disable-next-line import/no-default-export
export default CassetteEnvironment
