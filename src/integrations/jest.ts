import type * as Environment from './jest/environment.ts'
import { load } from './load.ts'

export type { TestOptions } from './test-run/test-scope.ts'

const environment = load('jest/environment') as typeof Environment

/**
 * A test environment that gives each test a cassette, on top of another one, such as that of
 * `jest-environment-jsdom`. Options for all tests: `testEnvironmentOptions: { cassette: { ... } }`. In tests,
 * `useCassette` is a global.
 */
export const withCassettes: typeof Environment.withCassettes = environment.withCassettes

/** As the global of that name. */
export const useCassette: typeof Environment.useCassette = environment.useCassette

/** The environment for `testEnvironment: 'cassette/jest'`. */
const CassetteEnvironment = withCassettes(environment.nodeEnvironment())
// Jest asks for the default export of an environment.
// oxlint-disable-next-line import/no-default-export
export default CassetteEnvironment
