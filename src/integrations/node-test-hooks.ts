import { after, afterEach, beforeEach } from 'node:test'
import { inspect } from 'node:util'

import { endFoldersWith, Occurrences } from './test-run/names.ts'
import { orphansOf, orphansWanted, printOrphans } from './test-run/orphans.ts'
import { endOutside, watchOutside } from './test-run/outside.ts'
import { TestScope } from './test-run/test-scope.ts'
import { takeTurn } from './test-run/turns.ts'

export { useCassette } from './test-run/test-scope.ts'

/** What hooks are given; older types of Node lack some of it. */
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

/** `node --test` starts a process for each file, in which the preload is loaded again; it runs no test itself. */
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
/** Of tests that node:test does not let fail any more. */
const untold: Error[] = []
let current: Current | undefined

async function begin(context: Context): Promise<void> {
  const { name, fullName } = context
  // A subtest shares its test's cassette.
  if (current && fullName.startsWith(current.context.fullName + SEPARATOR)) return
  const endTurn = await takeTurn()
  // It has waited for longer than it may take.
  if (context.signal?.aborted) return endTurn()
  const file = context.filePath ?? process.argv[1] ?? 'unknown-file'
  const suites = fullName.split(SEPARATOR).slice(0, -1)
  const test = { file, suites, title: name }
  try {
    const scope = new TestScope(RUNNER, { ...test, occurrence: seen.next(test) })
    current = { context, scope, endTurn, isSkipped: false }
    heedSkip(current)
  } catch (error) {
    endTurn()
    throw error
  }
}

/** A skip says nothing of a miss before it. */
function heedSkip(of: Current): void {
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
  // Of two errors of a test, node:test reports the first.
  if (hasError) context.diagnostic(inspect(problem))
  // Skipped, or `expectFailure` has had its failure.
  if (isSkipped || (hasError && context.passed === true)) untold.push(problem)
  throw problem
}

/** Hooks of a test file come after ours at its level; those of the test itself, after all of them. */
function endLast(context: Context): void {
  context.after(() => end(context))
}

async function endAll(): Promise<void> {
  const outside = await endOutside()
  const problem = untold[0] ?? outside
  const file = process.argv[1]
  if (orphansWanted() && file !== undefined) printOrphans(orphansOf(file, []))
  if (problem) throw problem
}

// `node --test` would run a folder named `users.test.js`.
endFoldersWith('.d')

if (!isRunner) {
  beforeEach((context) => begin(context as unknown as Context))
  afterEach((context) => endLast(context as unknown as Context))
  after(endAll)
  watchOutside({ file: process.argv[1] ?? 'unknown-file' })
}
