import { after, afterEach, beforeEach } from 'node:test'

import { NestedCassetteError } from '../errors/nested-cassette-error.ts'
import { endFoldersWith } from './names.ts'
import { checkedNode } from './node-version.ts'
import { orphansOf, orphansWanted, printOrphans } from './orphans.ts'
import { endOutside, watchOutside } from './outside.ts'
import { TestScope } from './test-scope.ts'

export { type TestOptions, useCassette } from './test-scope.ts'

/** What hooks are given; older types of Node lack some of it. */
interface Context {
  readonly name: string
  readonly fullName: string
  readonly filePath?: string
  readonly passed?: boolean
  readonly error?: unknown
}

const RUNNER = 'cassette/node-test'
const SEPARATOR = ' > '

/** `node --test` starts a process for each file, in which the preload is loaded again; it runs no test itself. */
const isRunner =
  process.execArgv.includes('--test') &&
  process.env['NODE_TEST_CONTEXT'] === undefined &&
  !process.execArgv.some((flag) => /^--(?:experimental-)?test-isolation=none$/.test(flag))

const seen = new Map<string, number>()
let current: { readonly context: Context; readonly scope: TestScope } | undefined

function begin(context: Context): void {
  const { name, fullName } = context
  // A subtest shares its test's cassette.
  if (current && fullName.startsWith(current.context.fullName + SEPARATOR)) return
  if (current)
    throw new NestedCassetteError(
      current.context.fullName,
      fullName,
      `${RUNNER} runs one test of a file at a time: take \`concurrency\` off its tests.`,
    )
  const file = context.filePath ?? process.argv[1] ?? 'unknown-file'
  const suites = fullName.split(SEPARATOR).slice(0, -1)
  const occurrence = (seen.get(`${file}\0${fullName}`) ?? 0) + 1
  seen.set(`${file}\0${fullName}`, occurrence)
  current = { context, scope: new TestScope(RUNNER, { file, suites, title: name, occurrence }) }
}

async function end(context: Context): Promise<void> {
  if (current?.context.fullName !== context.fullName) return
  const { scope } = current
  current = undefined
  const failed = context.passed === false || (context.error !== undefined && context.error !== null)
  const problem = await scope.end({ failed })
  if (problem) throw problem
}

async function endAll(): Promise<void> {
  const problem = await endOutside()
  const file = process.argv[1]
  if (orphansWanted() && file !== undefined) printOrphans(orphansOf(file, []))
  if (problem) throw problem
}

// `node --test` would run a folder named `users.test.js`.
endFoldersWith('.d')

if (checkedNode && !isRunner) {
  beforeEach((context) => begin(context as unknown as Context))
  afterEach((context) => end(context as unknown as Context))
  after(endAll)
  watchOutside({ file: process.argv[1] ?? 'unknown-file' })
}
