import type { MochaRunnable } from './types.ts'

type Run = MochaRunnable['run']

interface Ended {
  /** The error of the hook. */
  readonly thrown: unknown
  /** Errors that the hook emitted after it had ended, such as a second call of `done`. */
  readonly late: readonly unknown[]
}

/**
 * Runs the `afterEach` hooks of a test before mocha learns how the test has ended. A miss in a hook fails its test, and
 * mocha cannot take back a test that it has reported as passed. When mocha runs a hook later, it gets the stored result.
 */
export class AfterEachRunner {
  readonly #runs = new Map<MochaRunnable, Run>()
  #ended = new Map<MochaRunnable, Ended>()

  /** @param run mocha's own way to run this hook */
  add(hook: MochaRunnable, run: Run): void {
    this.#runs.set(hook, run)
  }

  /** Deletes the stored results of the previous test's hooks. */
  begin(): void {
    this.#ended = new Map()
  }

  /**
   * Runs the hooks of a test from the inside out, as mocha does.
   * @param error the error of the test
   * @param hasMissed called after each hook: after a miss, the hook's own error does not count
   */
  async run(test: MochaRunnable, error: unknown, hasMissed: () => boolean): Promise<void> {
    const forget = showEnd(test, error)
    const endings: (() => void)[] = []
    for (let suite = test.parent; suite; suite = suite.parent) {
      for (const hook of suite._afterEach ?? []) {
        const run = this.#runs.get(hook)
        if (!run) continue
        const { result, late, end } = await ended(hook, run, test)
        endings.push(end)
        const thrown = hasMissed() ? undefined : result
        this.#ended.set(hook, { thrown, late })
        // As in mocha, the hooks of the outer suites still run.
        if (isError(thrown)) break
      }
    }
    for (const end of endings) end()
    forget()
  }

  /** Reports the stored result of a hook. @returns false if the hook has not run */
  report(hook: MochaRunnable, report: (error?: unknown) => void): boolean {
    const past = this.#ended.get(hook)
    if (!past) return false
    this.#ended.delete(hook)
    report(past.thrown)
    for (const error of past.late) hook.emit?.('error', error)
    return true
  }
}

export const isError = (thrown: unknown): boolean => thrown !== undefined && thrown !== null

/** Sets the state that mocha would have set by now: hooks read it from `this.currentTest`. */
function showEnd(test: MochaRunnable, error: unknown): () => void {
  const isRetried = isError(error) && (test.currentRetry?.() ?? 0) < (test.retries?.() ?? 0)
  if (test.pending) test.state = 'pending'
  else if (!isError(error)) test.state = 'passed'
  else if (!isRetried) {
    test.state = 'failed'
    test.err = error
  }
  return () => {
    delete test.state
  }
}

async function ended(
  hook: MochaRunnable,
  run: Run,
  test: MochaRunnable,
): Promise<{ result: unknown; late: unknown[]; end: () => void }> {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const late: unknown[] = []
  // Mocha starts to listen only when it runs the hook itself.
  const listener = (error: unknown): void => void late.push(error)
  hook.on?.('error', listener)
  if (hook.ctx) hook.ctx.currentTest = test
  run(resolve)
  const result = await promise
  if (hook.ctx) delete hook.ctx.currentTest
  return { result, late, end: () => void hook.removeListener?.('error', listener) }
}
