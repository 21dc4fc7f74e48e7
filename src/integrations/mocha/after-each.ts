import type { MochaRunnable } from './types.ts'

type Run = MochaRunnable['run']

interface Ended {
  /** What it has failed with. */
  readonly thrown: unknown
  /** What it said of itself behind its end: `done` called twice. */
  readonly late: readonly unknown[]
}

/**
 * The hooks behind a test. They are run before mocha is told how the test has ended: a miss in one of them is the
 * test's, and what mocha has reported as passed cannot be taken back. When mocha comes to a hook, it is given what
 * that hook came to.
 */
export class HooksBehind {
  readonly #runs = new Map<MochaRunnable, Run>()
  #ended = new Map<MochaRunnable, Ended>()

  /** @param run how mocha runs this hook */
  add(hook: MochaRunnable, run: Run): void {
    this.#runs.set(hook, run)
  }

  /** Forgets what the hooks behind the former test came to. */
  begin(): void {
    this.#ended = new Map()
  }

  /**
   * Runs those of a test, from the inside out, as mocha does.
   * @param error what the test has failed with
   * @param hasMissed asked when a hook has ended: after a miss, what the hook made of it does not count
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
        // Those of the suites around it are run all the same.
        if (isError(thrown)) break
      }
    }
    for (const end of endings) end()
    forget()
  }

  /** Reports what a hook that has run came to. @returns whether it has run */
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

/** Hooks look at `this.currentTest` for how it ended, which mocha would have noted by then. */
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
  // Mocha listens only from when it comes to the hook.
  const listener = (error: unknown): void => void late.push(error)
  hook.on?.('error', listener)
  if (hook.ctx) hook.ctx.currentTest = test
  run(resolve)
  const result = await promise
  if (hook.ctx) delete hook.ctx.currentTest
  return { result, late, end: () => void hook.removeListener?.('error', listener) }
}
