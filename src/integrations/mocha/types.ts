/** The parts of mocha's objects that this package uses. Users need not install mocha's own types. */
export interface MochaRunnable {
  title: string
  readonly fn?: unknown
  readonly file?: string
  pending: boolean
  state?: string
  err?: unknown
  /** The `this` of its function. */
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

/** The `this` of a hook. */
export interface MochaContext {
  readonly test: MochaRunnable
  readonly currentTest?: MochaRunnable
}
