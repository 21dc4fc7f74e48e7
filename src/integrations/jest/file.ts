import { toError } from '../../base/to-error.ts'
import { CassetteError } from '../../errors/cassette-error.ts'
import { checkOptions } from '../../session/options/resolve-options.ts'
import type { JestBlock, JestEvent, JestFunction, JestState, JestTest } from './types.ts'
import { cassettePath, Occurrences, type TestName } from '../test-run/names.ts'
import { printLeftovers } from '../test-run/orphans.ts'
import { endOutside, watchOutside } from '../test-run/outside.ts'
import { type TestOptions, TestScope } from '../test-run/test-scope.ts'
import { takeTurn } from '../test-run/turns.ts'

const RUNNER = 'cassette/jest'

interface Current {
  readonly test: JestTest
  /** An error if the scope could not begin. */
  readonly scope: TestScope | Error
  readonly endTurn: () => void
}

/** Follows the tests of one file by the events of jest-circus. */
export class JestFile {
  readonly #path: string
  readonly #options: TestOptions
  readonly #names = new Map<JestTest, TestName>()
  #current: Current | undefined
  #hasRun = false
  #hasEnded = false

  /** @throws CassetteOptionError */
  constructor(path: string, options: TestOptions) {
    if (options !== false) checkOptions(options)
    this.#path = path
    this.#options = options
  }

  begin(): void {
    watchOutside({ file: this.#path })
  }

  async handle({ name, test }: JestEvent, state: JestState): Promise<void> {
    if (name === 'run_start') return this.#start(state.rootDescribeBlock)
    if (name === 'run_finish') return this.#finish(state)
    if (!test) return undefined
    if (name === 'test_start') await this.#begin(test)
    if (name === 'test_skip' || name === 'test_todo') await this.#end(test, false)
    if (name === 'test_done') await this.#end(test, true)
    return undefined
  }

  /** Ends what is still open. Jest calls this even if the tests of the file could not run. */
  async end(): Promise<void> {
    this.#hasEnded = true
    const { scope, endTurn } = this.#current ?? {}
    this.#current = undefined
    if (scope instanceof TestScope) await scope.end({ failed: true })
    endTurn?.()
    const problem = await endOutside()
    // No event came, so the runner is not jest-circus: nobody else would report the problem.
    if (problem && !this.#hasRun) throw problem
  }

  /** Waits for the test's turn: Jest starts concurrent tests at once, but awaits this before it runs the test. */
  async #begin(test: JestTest): Promise<void> {
    const endTurn = await takeTurn()
    if (this.#hasEnded) return endTurn()
    this.#current = { test, scope: this.#open(test), endTurn }
  }

  #open(test: JestTest): TestScope | Error {
    try {
      return new TestScope(RUNNER, this.#names.get(test) ?? this.#nameOf(test), this.#options)
    } catch (error) {
      return toError(error)
    }
  }

  async #end(test: JestTest, ran: boolean): Promise<void> {
    const current = this.#current
    if (current?.test !== test) return
    this.#current = undefined
    const { scope, endTurn } = current
    const failed = !ran || test.errors.length > 0
    const problem = scope instanceof Error ? scope : await scope.end({ failed })
    if (problem && ran) test.errors.unshift(problem)
    endTurn()
  }

  async #finish(state: JestState): Promise<void> {
    const problem = await endOutside()
    if (problem) state.unhandledErrors.push(problem)
    printLeftovers([[this.#path, [...this.#names.values()].map(cassettePath)]])
  }

  #start(root: JestBlock): void {
    this.#hasRun = true
    this.#collect(root, [], new Occurrences())
  }

  #collect(block: JestBlock, suites: readonly string[], seen: Occurrences): void {
    for (const child of block.children) {
      if (child.type === 'describeBlock') {
        this.#collect(child, [...suites, child.name], seen)
        continue
      }
      const name = { file: this.#path, suites, title: child.name }
      this.#names.set(child, { ...name, occurrence: seen.next(name) })
      if (child.fn) child.fn = this.#inScope(child, child.fn)
    }
  }

  #inScope(test: JestTest, fn: JestFunction): JestFunction {
    const current = (): Current | undefined => (this.#current?.test === test ? this.#current : undefined)
    return sameLength(fn, function run(this: unknown, ...args) {
      const { scope } = current() ?? {}
      if (!scope) throw tooOld()
      return scope instanceof TestScope ? scope.run(() => fn.apply(this, args)) : fn.apply(this, args)
    })
  }

  #nameOf(test: JestTest): TestName {
    const suites: string[] = []
    for (let at: JestBlock | undefined = test.parent; at?.parent; at = at.parent) suites.unshift(at.name)
    return { file: this.#path, suites, title: test.name }
  }
}

/** @remarks Before version 30, Jest starts concurrent tests before it emits their events. */
const tooOld = (): CassetteError =>
  new CassetteError('CASSETTE_RUNNER', `${RUNNER} needs jest 30 or newer to run concurrent tests.`)

/** Keeps a function's length: Jest uses it to see whether a test takes a `done` callback. */
const sameLength = (fn: JestFunction, wrapped: JestFunction): JestFunction =>
  Object.defineProperty(wrapped, 'length', { value: fn.length })
