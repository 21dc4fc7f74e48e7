import { toError } from '../../base/to-error.ts'
import { CassetteOptionError } from '../../errors/cassette-option-error.ts'
import { NestedCassetteError } from '../../errors/nested-cassette-error.ts'
import { runInScope, type Scope } from '../../session/process/current.ts'
import { LazySession } from '../../session/lazy-session.ts'
import type { CassetteOptions } from '../../session/options/options.ts'
import { patchProcess } from '../../with-cassette.ts'
import { cassettePath, type TestName } from './names.ts'
import { enterOutside, leaveOutside } from './outside.ts'
import { noteOpened, noteRun } from './orphans.ts'

/** What `useCassette` takes: options, or `false` for a test that has no cassette of the runner's. */
export type TestOptions = CassetteOptions | false

interface Running {
  scope: TestScope | undefined
}

/**
 * The test that runs, whichever copy of the package began it.
 * @note Jest's VM has a copy of `process`, made before a file's tests begin: what is entered later is not seen there.
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
  'suite, to use withCassette there; or take the withCassette out.'

/** The life of one test, hooks included: its cassette is opened by its first request. */
export class TestScope {
  readonly path: string
  readonly #session: LazySession
  readonly #scope: Scope
  #isOff = false
  #blocked: Error | undefined

  /** @throws CassetteOptionError, NestedCassetteError */
  constructor(runner: string, name: TestName, options: TestOptions = {}) {
    this.path = cassettePath(name)
    const other = running.scope
    this.#scope = {
      path: this.path,
      ended: false,
      ...(other ? { blocked: () => this.#block(other, runner) } : {}),
    }
    this.#session = new LazySession({
      path: () => this.path,
      options: options === false ? {} : options,
      choose: choose(runner),
    })
    noteRun(this.path)
    if (other) return
    leaveOutside()
    if (options === false) this.#isOff = true
    else this.#session.enter(this.path)
    patchProcess()
    running.scope = this
  }

  /** The first miss, or another failure that must not be swallowed. */
  get failure(): Error | undefined {
    return this.#blocked ?? this.#session.latched
  }

  /** @throws CassetteOptionError */
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
    const advice = `${runner} runs one test with requests at a time: take \`concurrent\` off these tests.`
    return (this.#blocked ??= new NestedCassetteError(other.path, this.path, advice))
  }

  /**
   * Ends it. A second call does nothing.
   * @returns what the test has to fail with, whatever became of it by itself
   */
  async end(run: { failed: boolean }): Promise<Error | undefined> {
    if (this.#scope.ended) return this.failure
    let problem: Error | undefined
    try {
      if (!this.#isOff && !this.#scope.blocked) await this.#session.finish(run)
    } catch (error) {
      problem = toError(error)
    }
    this.#scope.ended = true
    if (this.#session.isOpen) noteOpened(this.path)
    const left = this.#handBack()
    return this.failure ?? problem ?? left
  }

  /** @returns the error of a test that has left a cassette of its own open */
  #handBack(): Error | undefined {
    if (running.scope !== this) return undefined
    running.scope = undefined
    try {
      enterOutside()
    } catch (error) {
      return toError(error)
    }
    return undefined
  }
}

/** The path of the running test's cassette. */
export function currentCassettePath(): string | undefined {
  return running.scope?.path
}

/**
 * Sets cassette options for the test that is running: in its body before the first request, or in a `beforeEach`
 * for a whole suite. `false`: this test has no cassette of the runner's.
 * @throws CassetteOptionError outside a test, after the first request, for unknown options
 */
export function useCassette(options: TestOptions): void {
  if (!running.scope)
    throw new CassetteOptionError('useCassette', 'to be called in a test or a beforeEach', 'a call outside')
  running.scope.configure(options)
}
