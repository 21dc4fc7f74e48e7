import { createRequire } from 'node:module'
import { join } from 'node:path'

import { CassetteError } from '../../errors/cassette-error.ts'
import { JestFile } from './file.ts'
import { matchers } from './matcher.ts'
import type { JestConfig, JestEnvironmentClass, JestEvent, JestState } from './types.ts'
import { useCassette } from '../test-run/test-scope.ts'

export { useCassette } from '../test-run/test-scope.ts'

/** Extends an environment, so that each test gets a cassette. */
export function withCassettes(Base: JestEnvironmentClass): JestEnvironmentClass {
  return class CassetteEnvironment extends Base {
    readonly #file: JestFile

    constructor(config: JestConfig, context: { readonly testPath: string }) {
      super(config, context)
      const options = config.projectConfig?.testEnvironmentOptions?.['cassette'] ?? {}
      this.#file = new JestFile(context.testPath, options)
    }

    override async setup(): Promise<void> {
      await super.setup()
      Object.defineProperty(this.global, 'useCassette', { value: useCassette, configurable: true })
      this.#file.begin()
    }

    override async handleTestEvent(event: JestEvent, state: JestState): Promise<void> {
      await super.handleTestEvent?.(event, state)
      event.runtimeGlobals?.expect.extend(matchers)
      await this.#file.handle(event, state)
    }

    override async teardown(): Promise<void> {
      try {
        await this.#file.end()
      } finally {
        await super.teardown()
      }
    }
  }
}

/** If packages are not hoisted, only Jest's own packages can resolve the environment: each resolves the next. */
const CHAIN = ['jest', '@jest/core', 'jest-config', 'jest-environment-node']

/**
 * Finds Jest's own environment for Node.
 * @throws CassetteError (CASSETTE_RUNNER) if there is none
 */
export function nodeEnvironment(): JestEnvironmentClass {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return environmentOf(createRequire(from)('jest-environment-node'))
    } catch {
      // Try the next place.
    }
  }
  let from = join(process.cwd(), 'package.json')
  try {
    for (const name of CHAIN) from = createRequire(from).resolve(name)
    return environmentOf(createRequire(from)(from))
  } catch (cause) {
    throw new CassetteError(
      'CASSETTE_RUNNER',
      `cassette/jest needs jest 30 or newer: jest-environment-node was not found.`,
      { cause },
    )
  }
}

const environmentOf = (module: unknown): JestEnvironmentClass =>
  (module as { TestEnvironment: JestEnvironmentClass }).TestEnvironment
