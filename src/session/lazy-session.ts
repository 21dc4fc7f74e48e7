import { defined } from '../base/defined.ts'
import { toError } from '../base/to-error.ts'
import type { ConnectTarget, IncomingRequest, Outcome, NonHttpUse } from '../exchange/gate.ts'
import { loadCassette } from '../storage/file.ts'
import { type Answering, getDefaults, occupy, type Place, refreshed } from './process/current.ts'
import type { CassetteOptions } from './options/options.ts'
import { refusal } from '../exchange/refusal.ts'
import { type Family, sharedRecordings } from './process/family.ts'
import { checkOptions, resolveOptions } from './options/resolve-options.ts'
import { liveRedactor } from './opening/live-redactor.ts'
import { Session } from './session.ts'

export interface LazySessionDetails {
  /** Called when the first request comes. */
  readonly path: () => string
  readonly options: CassetteOptions
  /** What to do instead: for the error of a `withCassette` that finds the place taken. */
  readonly choose: string
  readonly onFailure?: (error: Error) => void
  /** Present if other processes of the run play and record, too. */
  readonly family?: Family
}

const NO_PLACE: Place = { attach() {}, release() {} }

/** Stands in for a session whose cassette could not be opened: gives the error to every request. */
const failedToOpen = (error: Error): Answering => ({
  answer: async ({ headers }) => refusal(error, headers),
  forwards: () => false,
  connect: () => error,
  negotiated: () => undefined,
  nonHttp: () => error,
  unseen: () => error,
})

/**
 * A session that opens its cassette at the first request: a test without requests leaves no file behind. It holds the
 * process's place only between `enter` and `leave`, so that several sessions can take turns.
 */
export class LazySession implements Answering {
  readonly #details: LazySessionDetails
  #options: CassetteOptions
  #place: Place | undefined
  #session: Session | undefined
  #failure: Error | undefined

  /** @throws CassetteOptionError */
  constructor(details: LazySessionDetails) {
    checkOptions(details.options)
    this.#details = details
    this.#options = details.options
  }

  /** Whether a request has come. */
  get isOpen(): boolean {
    return this.#session !== undefined || this.#failure !== undefined
  }

  /** The error that the run must end with: the first miss, or why the cassette could not be opened. */
  get latched(): Error | undefined {
    return this.#failure ?? this.#session?.latched
  }

  /** Adds to the options. Has no effect on a cassette that is open. */
  configure(options: CassetteOptions): void {
    checkOptions(options)
    this.#options = { ...this.#options, ...options }
  }

  /** @throws NestedCassetteError */
  enter(name: string): void {
    this.#place ??= occupy(name, this.#details.choose)
    this.#place.attach(this)
  }

  /** What removes secrets from a text, as the cassette's own redaction does. */
  redactText(): (text: string) => string {
    const redactor = liveRedactor(process.env, resolveOptions(this.#options, getDefaults(), process.env))
    return (text) => redactor.text(text)
  }

  leave(): void {
    this.#place?.release()
    this.#place = undefined
  }

  answer(incoming: IncomingRequest): Promise<Outcome> {
    return this.#open().answer(incoming)
  }

  forwards(method: string): boolean {
    return this.#open().forwards(method)
  }

  connect(target: ConnectTarget): 'open' | 'hold' | Error {
    return this.#open().connect(target)
  }

  negotiated(target: { host: string; port: number }): 'h2' | 'http/1.1' | undefined {
    return this.#open().negotiated(target)
  }

  nonHttp(use: NonHttpUse): Error | undefined {
    // Allowed traffic does not open the cassette: the test may need none.
    if ((this.#options.network ?? getDefaults().network) !== 'deny') return undefined
    return this.#open().nonHttp(use)
  }

  unseen(request: { method: string; url: string }): Error | undefined {
    return this.#open().unseen(request)
  }

  /**
   * Leaves, and ends the session. With `strict`, a cassette that no request opened is opened now, to be checked.
   * @throws CassetteWriteError, UnusedInteractionsError, and what opening throws
   */
  async finish(run: { failed: boolean }): Promise<void> {
    try {
      this.#openIfStrict(run.failed)
      await this.#session?.finish(run)
    } finally {
      this.leave()
      await refreshed()
    }
  }

  /** Like `finish`, but from an `exit` listener. */
  finishNow(run: { failed: boolean }): void {
    try {
      this.#session?.finishNow(run)
    } finally {
      this.leave()
    }
  }

  #open(): Answering {
    if (this.#failure) return failedToOpen(this.#failure)
    try {
      if (this.#session) return this.#session
      const { onFailure, family } = this.#details
      const path = this.#details.path()
      const shared = family && sharedRecordings(path, family)
      const setup = { place: NO_PLACE, ...defined({ onFailure, shared }) }
      return (this.#session = Session.open(path, this.#options, setup))
    } catch (error) {
      this.#failure = toError(error)
      this.#details.onFailure?.(this.#failure)
      return failedToOpen(this.#failure)
    }
  }

  #openIfStrict(failed: boolean): void {
    if (failed || this.isOpen) return
    const { strict, mode } = resolveOptions(this.#options, getDefaults(), process.env)
    if (!strict || mode === 'all' || loadCassette(this.#details.path()) === undefined) return
    this.#open()
    if (this.#failure) throw this.#failure
  }
}
