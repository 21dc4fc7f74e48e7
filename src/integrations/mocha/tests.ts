import { toError } from '../../base/to-error.ts'
import { CassetteError } from '../../errors/cassette-error.ts'
import { AfterEachRunner, isError } from './after-each.ts'
import type { MochaRunnable, MochaSuite } from './types.ts'
import { cassettePath, Occurrences, type TestName } from '../test-run/names.ts'
import { printLeftovers } from '../test-run/orphans.ts'
import { endOutside, guardAfterTests } from '../test-run/outside.ts'
import { TestScope } from '../test-run/test-scope.ts'

const RUNNER = 'cassette/mocha'

interface Current {
  readonly test: MochaRunnable
  /** An error if the scope could not begin. */
  readonly scope: TestScope | Error
  error: unknown
}

/**
 * Replaces the `run` of each test and each hook, so that a test's own callback reports its miss. An error thrown from a
 * root hook would end the whole run.
 */
export class MochaTests {
  readonly #isOwn: (fn: unknown) => boolean
  readonly #wrapped = new WeakSet<object>()
  readonly #occurrences = new WeakMap<object, number>()
  readonly #defined = new Map<string, Set<string>>()
  readonly #afterEach = new AfterEachRunner()
  #current: Current | undefined

  /** @param isOwn tells whether a function is one of this package's hooks */
  constructor(isOwn: (fn: unknown) => boolean) {
    this.#isOwn = isOwn
  }

  /**
   * Called in the root `beforeAll`, when mocha has loaded all test files.
   * @param hook the calling hook
   * @throws CassetteError (CASSETTE_RUNNER) if mocha is too old
   */
  prepare(hook: MochaRunnable): void {
    const root = hook.parent
    if (!root || !Array.isArray(root._beforeEach) || typeof hook.run !== 'function')
      throw new CassetteError(
        'CASSETTE_RUNNER',
        `${RUNNER} needs mocha 10 or newer: this one has no such hooks.`,
      )
    this.#prepareSuite(root, new Occurrences())
  }

  /** Called in the root `beforeEach`. */
  begin(test: MochaRunnable | undefined): void {
    if (!test) return
    const current: Current = { test, scope: this.#open(test), error: undefined }
    this.#current = current
    this.#afterEach.begin()
    const run = test.run.bind(test)
    test.run = (report) => this.#runTest(current, run, report)
  }

  /** Called in the root `afterEach`. */
  async finish(test: MochaRunnable | undefined, hook: MochaRunnable): Promise<void> {
    const current = this.#current
    this.#current = undefined
    if (!current || current.scope instanceof Error) return
    const problem = await current.scope.end({
      failed: current.error !== undefined || test?.state === 'failed',
    })
    // Not thrown: mocha would not run any further test.
    if (problem && test?.state === 'passed') hook.error?.(problem)
  }

  /** Called in the root `afterAll`. */
  async finishAll(): Promise<void> {
    const problem = await endOutside()
    // A global teardown, or the next file of a worker, may still make requests.
    guardAfterTests()
    printLeftovers(this.#defined)
    this.#defined.clear()
    if (problem) throw problem
  }

  #open(test: MochaRunnable): TestScope | Error {
    try {
      return new TestScope(RUNNER, this.#nameOf(test))
    } catch (error) {
      return toError(error)
    }
  }

  #runTest(current: Current, run: MochaRunnable['run'], report: (error?: unknown) => void): unknown {
    const { scope, test } = current
    if (scope instanceof Error) return report(scope)
    // A hook before the test had a miss: the test cannot tell anything any more.
    if (scope.failure) return report((current.error = scope.failure))
    return scope.run(() =>
      run((thrown) => {
        current.error = scope.failure ?? thrown
        // A miss fails the test even if the test skips itself.
        if (scope.failure) test.pending = false
        void this.#afterEach
          .run(test, current.error, () => scope.failure !== undefined)
          .then(() => scope.end({ failed: isError(current.error) }))
          .then((problem) => {
            if (problem) test.pending = false
            report((current.error = scope.failure ?? current.error ?? problem))
          })
      }),
    )
  }

  #prepareSuite(suite: MochaSuite, seen: Occurrences): void {
    for (const hook of suite._beforeEach ?? []) this.#wrapEach(hook)
    for (const hook of suite._afterEach ?? []) this.#wrapAfterEach(hook)
    for (const hook of [...(suite._beforeAll ?? []), ...(suite._afterAll ?? [])]) this.#wrapAll(hook, suite)
    for (const test of suite.tests) {
      const name = nameOf(test, suite)
      const occurrence = seen.next(name)
      this.#occurrences.set(test, occurrence)
      const paths = this.#defined.get(name.file) ?? new Set()
      this.#defined.set(name.file, paths.add(cassettePath({ ...name, occurrence })))
    }
    for (const inner of suite.suites) this.#prepareSuite(inner, seen)
  }

  /** Runs a `beforeEach` or `afterEach` hook in the scope of its test, so that a miss fails that test. */
  #wrapEach(hook: MochaRunnable): boolean {
    if (!this.#claim(hook)) return false
    const run = hook.run.bind(hook)
    hook.run = (report) => {
      const scope = this.#current?.scope
      if (!(scope instanceof TestScope)) return run(report)
      return scope.run(() => run((thrown) => (scope.failure ? report() : report(thrown))))
    }
    return true
  }

  /** Makes mocha report the stored result of an `afterEach` hook. If there is none, mocha runs the hook. */
  #wrapAfterEach(hook: MochaRunnable): void {
    const run = hook.run.bind(hook)
    if (!this.#wrapEach(hook)) return
    this.#afterEach.add(hook, run)
    const inTurn = hook.run.bind(hook)
    hook.run = (report) => {
      if (!this.#afterEach.report(hook, report)) inTurn(report)
    }
  }

  /** Gives a `before` or `after` hook its own cassette. A miss fails the hook. */
  #wrapAll(hook: MochaRunnable, suite: MochaSuite): void {
    if (!this.#claim(hook)) return
    const run = hook.run.bind(hook)
    const title = hook.title
    hook.run = (report) => {
      const file = hook.file ?? suite.file
      if (file === undefined) return run(report)
      const scope = new TestScope(RUNNER, { file, suites: titlesOf(suite), title })
      return scope.run(() =>
        run((thrown) => {
          const failed = thrown !== undefined && thrown !== null
          void scope.end({ failed }).then((problem) => report(scope.failure ?? thrown ?? problem))
        }),
      )
    }
  }

  #claim(hook: MochaRunnable): boolean {
    if (this.#wrapped.has(hook) || this.#isOwn(hook.fn)) return false
    this.#wrapped.add(hook)
    return true
  }

  #nameOf(test: MochaRunnable): TestName {
    let original = test
    for (let at = test.retriedTest?.(); at; at = at.retriedTest?.()) original = at
    return { ...nameOf(test, test.parent), occurrence: this.#occurrences.get(original) ?? 1 }
  }
}

const nameOf = (test: MochaRunnable, suite: MochaSuite | undefined): TestName => ({
  file: test.file ?? suite?.file ?? 'unknown-file',
  suites: titlesOf(suite),
  title: test.title,
})

function titlesOf(suite: MochaSuite | undefined): string[] {
  const titles: string[] = []
  for (let at = suite; at && !at.root; at = at.parent) titles.unshift(at.title)
  return titles
}
