import { after, afterEach, beforeEach } from 'node:test'
import { inspect } from 'node:util'

import { endFoldersWith, Occurrences } from './test-run/names.ts'
import { orphansOf, orphansWanted, printOrphans } from './test-run/orphans.ts'
import { endOutside, watchOutside } from './test-run/outside.ts'
import { TestScope } from './test-run/test-scope.ts'
import { takeTurn } from './test-run/turns.ts'

export { assertLLMSnapshot } from './test-run/assert-snapshot.ts'
export { useCassette } from './test-run/test-scope.ts'

/** The argument of a hook. Older type definitions of Node lack some of these members. */
interface Context {
  readonly name: string
  readonly fullName: string
  readonly filePath?: string
  readonly passed?: boolean
  readonly error?: unknown
  readonly signal?: AbortSignal
  after(hook: () => Promise<void>): void
  diagnostic(message: string): void
  skip(message?: string): void
}

const RUNNER = 'cassette/node-test'
const SEPARATOR = ' > '

/** Whether this is `node --test` itself: it runs no tests, but starts a process for each file and preloads that too. */
const isRunner =
  process.execArgv.includes('--test') &&
  process.env['NODE_TEST_CONTEXT'] === undefined &&
  !process.execArgv.some((flag) => /^--(?:experimental-)?test-isolation=none$/.test(flag))

interface Current {
  readonly context: Context
  readonly scope: TestScope
  readonly endTurn: () => void
  isSkipped: boolean
}

const seen = new Occurrences()
/** The errors of tests that node:test can no longer fail. */
const unreported: Error[] = []
let current: Current | undefined

async function begin(context: Context): Promise<void> {
  const { name, fullName } = context
  // A subtest shares its test's cassette.
  if (current && fullName.startsWith(current.context.fullName + SEPARATOR)) return
  const endTurn = await takeTurn()
  // The test has timed out while it waited for its turn.
  if (context.signal?.aborted) return endTurn()
  const file = context.filePath ?? process.argv[1] ?? 'unknown-file'
  const suites = fullName.split(SEPARATOR).slice(0, -1)
  const test = { file, suites, title: name }
  try {
    const scope = new TestScope(RUNNER, { ...test, occurrence: seen.next(test) })
    current = { context, scope, endTurn, isSkipped: false }
    followSkip(current)
  } catch (error) {
    endTurn()
    throw error
  }
}

/** Notes whether the test skips itself, and ignores a skip after a miss. */
function followSkip(of: Current): void {
  const { context, scope } = of
  const skip = context.skip.bind(context)
  context.skip = (message) => {
    if (scope.failure) return
    of.isSkipped = true
    skip(message)
  }
}

async function end(context: Context): Promise<void> {
  if (current?.context.fullName !== context.fullName) return
  const { scope, endTurn, isSkipped } = current
  current = undefined
  const problem = await scope.end({ failed: context.passed === false })
  endTurn()
  if (!problem) return
  const hasError = context.error !== undefined && context.error !== null
  // If a test has two errors, node:test reports only the first.
  if (hasError) context.diagnostic(inspect(problem))
  // The test was skipped, or its `expectFailure` already has its failure.
  if (isSkipped || (hasError && context.passed === true)) unreported.push(problem)
  throw problem
}

/** Ends the test after all other hooks: a hook of the test itself runs after the `afterEach` hooks of every level. */
function endLast(context: Context): void {
  context.after(() => end(context))
}

async function endAll(): Promise<void> {
  const outside = await endOutside()
  const problem = unreported[0] ?? outside
  const file = process.argv[1]
  if (orphansWanted() && file !== undefined) printOrphans(orphansOf(file, []))
  if (problem) throw problem
}

// `node --test` would take a folder named `users.test.js` for a test.
endFoldersWith('.d')

if (!isRunner) {
  beforeEach((context) => begin(context as unknown as Context))
  afterEach((context) => endLast(context as unknown as Context))
  after(endAll)
  watchOutside({ file: process.argv[1] ?? 'unknown-file' })
}
