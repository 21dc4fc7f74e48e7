import { defined } from '../../base/defined.ts'
import { toError } from '../../base/to-error.ts'
import { isoNow } from '../../clock.ts'
import { CassetteError } from '../../errors/cassette-error.ts'
import { CassetteOptionError } from '../../errors/cassette-option-error.ts'
import { NestedCassetteError } from '../../errors/nested-cassette-error.ts'
import { endLeftOpen, runInScope, type Scope } from '../../session/process/current.ts'
import { LazySession } from '../../session/lazy-session.ts'
import type { CassetteOptions } from '../../session/options/options.ts'
import { patchProcess } from '../../opening.ts'
import { cassettePath, type TestName } from './names.ts'
import { enterOutside, leaveOutside } from './outside.ts'
import { noteOpened, noteRun } from './orphans.ts'
import {
  type SnapshotOptions,
  type SnapshotOutcome,
  type SnapshotUpdate,
  TestSnapshots,
} from './snapshots.ts'

/** The argument of `useCassette`: options, or `false` if the runner must not give the test a cassette. */
export type TestOptions = CassetteOptions | false

interface Running {
  scope: TestScope | undefined
}

/**
 * The running test. All copies of the package share it.
 * @remarks Jest copies `process` into its VM before the tests of a file begin, and later additions are not seen there.
 */
function enterRunning(): Running {
  const key = Symbol.for('cassette.test')
  const entered = Reflect.get(process, key) as Running | undefined
  if (entered) return entered
  const made: Running = { scope: undefined }
  Object.defineProperty(process, key, { value: made })
  return made
}

const running = enterRunning()

const choose = (runner: string): string =>
  `${runner} gives each test a cassette of its own. Call useCassette(false) in this test, or in a beforeEach of its ` +
  'suite, to use withCassette there; or remove withCassette.'

/** The time of one test and its hooks. The first request opens the test's cassette. */
export class TestScope {
  readonly path: string
  readonly #session: LazySession
  readonly #scope: Scope
  readonly snapshots: TestSnapshots
  readonly #since = isoNow()
  #isOff = false
  #blocked: Error | undefined

  /** @throws CassetteOptionError, NestedCassetteError */
  constructor(runner: string, name: TestName, options: TestOptions = {}) {
    this.path = cassettePath(name)
    const other = running.scope
    this.#scope = {
      path: this.path,
      ended: false,
      ...defined({ blocked: other && (() => this.#block(other, runner)) }),
    }
    this.#session = new LazySession({
      path: () => this.path,
      options: options === false ? {} : options,
      choose: choose(runner),
    })
    this.snapshots = new TestSnapshots(this.path, () => this.#session.redactText())
    noteRun(this.path)
    if (other) return
    leaveOutside()
    if (options === false) this.#isOff = true
    else this.#session.enter(this.path)
    patchProcess()
    running.scope = this
  }

  /** The first miss, or another failure that the test must not hide. */
  get failure(): Error | undefined {
    return this.#blocked ?? this.#session.latched
  }

  /** @throws CassetteOptionError if a request was made already, or an option is invalid */
  configure(options: TestOptions): void {
    if (this.#session.isOpen)
      throw new CassetteOptionError('useCassette', 'to be called before the first request', 'a call after it')
    if (options === false) {
      this.#isOff = true
      this.#session.leave()
    } else this.#session.configure(options)
  }

  run<T>(fn: () => T): T {
    return runInScope(this.#scope, fn)
  }

  #block(other: TestScope, runner: string): Error {
    const advice = `${runner} runs one test with requests at a time: remove \`concurrent\` from these tests.`
    return (this.#blocked ??= new NestedCassetteError(this.path, {
      path: other.path,
      since: other.#since,
      choose: advice,
    }))
  }

  /**
   * Ends the scope. A second call does nothing.
   * @returns the error that the test has to fail with, even if it passed by itself
   */
  async end(run: { failed: boolean }): Promise<Error | undefined> {
    if (this.#scope.ended) return this.failure
    const unseen = await this.snapshots.settle()
    let problem = run.failed ? undefined : unseen
    try {
      if (!this.#isOff && !this.#scope.blocked)
        await this.#session.finish({ failed: run.failed || problem !== undefined })
      if (!run.failed && !problem && !this.failure) this.snapshots.finish()
    } catch (error) {
      problem ??= toError(error)
    }
    this.#scope.ended = true
    if (this.#session.isOpen) noteOpened(this.path)
    const left = this.#handBack()
    return this.failure ?? problem ?? (run.failed ? undefined : left)
  }

  /**
   * Closes the cassette that the test has opened itself and left open, so that the next test has the place.
   * @returns an error if there was one
   */
  #handBack(): Error | undefined {
    if (running.scope !== this) return undefined
    running.scope = undefined
    try {
      const left = endLeftOpen()
      enterOutside()
      return left === undefined ? undefined : leftOpen(left)
    } catch (error) {
      return toError(error)
    }
  }
}

const leftOpen = (path: string): CassetteError =>
  new CassetteError(
    'CASSETTE_LEFT_OPEN',
    `The test has ended and left ${path} open. It was closed, and what had been recorded is kept. ` +
      'Await withCassette, or close() its session, before the test ends.',
  )

/** The path of the running test's cassette. */
export function currentCassettePath(): string | undefined {
  return running.scope?.path
}

/**
 * Sets cassette options for the running test. Call it in the test before its first request, or in a `beforeEach` for a
 * whole suite. With `false`, the runner gives this test no cassette.
 * @throws CassetteOptionError outside a test, after the first request, for unknown options
 */
export function useCassette(options: TestOptions): void {
  if (!running.scope)
    throw new CassetteOptionError('useCassette', 'to be called in a test or a beforeEach', 'a call outside')
  running.scope.configure(options)
}

/**
 * Compares an answer with its snapshot in the running test.
 * @throws CassetteOptionError outside a test, for what is no answer
 */
export function checkSnapshot(
  value: unknown,
  options: SnapshotOptions,
  update: SnapshotUpdate,
): SnapshotOutcome | Promise<SnapshotOutcome> {
  if (!running.scope)
    throw new CassetteOptionError('an LLM snapshot', 'to be taken in a test', 'a call outside')
  return running.scope.snapshots.check(value, options, update)
}
