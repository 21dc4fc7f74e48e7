/** What of mocha's objects is used here; mocha's own types are not the user's to install. */
export interface MochaRunnable {
  title: string
  readonly fn?: unknown
  readonly file?: string
  pending: boolean
  state?: string
  err?: unknown
  /** What is `this` in it. */
  readonly ctx?: { currentTest?: MochaRunnable }
  run(done: (error?: unknown) => void): unknown
  retriedTest?(): MochaRunnable | undefined
  readonly parent?: MochaSuite
  error?(error: unknown): void
  retries?(): number
  currentRetry?(): number
  on?(event: 'error', listener: (error: unknown) => void): unknown
  emit?(event: 'error', error: unknown): unknown
  removeListener?(event: 'error', listener: (error: unknown) => void): unknown
}

export interface MochaSuite {
  readonly root: boolean
  readonly title: string
  readonly file?: string
  readonly parent?: MochaSuite
  readonly suites: readonly MochaSuite[]
  readonly tests: readonly MochaRunnable[]
  readonly _beforeAll?: readonly MochaRunnable[]
  readonly _beforeEach?: readonly MochaRunnable[]
  readonly _afterEach?: readonly MochaRunnable[]
  readonly _afterAll?: readonly MochaRunnable[]
}

/** `this` of a hook. */
export interface MochaContext {
  readonly test: MochaRunnable
  readonly currentTest?: MochaRunnable
}
