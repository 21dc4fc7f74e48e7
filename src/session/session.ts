import { toError } from '../base/to-error.ts'
import type { CassetteMiss } from '../errors/cassette-miss.ts'
import { ClosedCassetteError } from '../errors/closed-cassette-error.ts'
import { RecordedErrorResponse } from '../errors/recorded-error-response.ts'
import type { ConnectTarget, IncomingRequest, Outcome } from '../exchange/gate.ts'
import { Answers } from './answers.ts'
import { type Answering, occupy, type Place, thenRefreshed } from './process/current.ts'
import { finishRun } from './recording/finish.ts'
import { compileIgnore } from './options/ignore.ts'
import type { SessionContext } from './context.ts'
import {
  answerUpgrade,
  isUpgrade,
  mayConnect,
  NonHttpUses,
  redactedName,
  refuseUnseen,
} from './unrecorded.ts'
import { reportAtExit } from './process/stderr.ts'
import { type Opened, openFile } from './opening/open.ts'
import { openRecorder } from './recording/open-recorder.ts'
import type { CassetteSession } from './cassette-session.ts'
import { matchRulesOf } from './options/match-rules.ts'
import type { CassetteOptions, RecordMode, ResolvedOptions } from './options/options.ts'
import { Playback } from './replaying/playback.ts'
import { judgeStatus } from './recording/record-status.ts'
import { refusal } from '../exchange/refusal.ts'
import { Telemetry } from './telemetry.ts'
import type { SessionSetup } from './process/setup.ts'

export class Session implements CassetteSession, Answering {
  readonly path: string
  readonly options: ResolvedOptions
  /** Resolves when the session has an error that the run must end with, even if `fn` catches it. */
  readonly failed: Promise<void>
  readonly #opened: Opened
  readonly #recorder: ReturnType<typeof openRecorder>
  readonly #playback: Playback
  readonly #answers: Answers
  readonly #context: SessionContext
  readonly #nonHttpUses: NonHttpUses
  readonly #place: Place
  readonly #setup: SessionSetup
  readonly #fail: () => void
  #latched: Error | undefined
  #writeError: Error | undefined
  #sequence = 0
  #closing: Promise<void> | undefined

  /** Checks path, options and file: their errors are thrown here, before any code under test runs. */
  static open(path: string, given: CassetteOptions, setup: SessionSetup = {}): Session {
    const place = setup.place ?? occupy(path)
    try {
      const session = new Session(path, given, place, setup)
      place.attach(session)
      return session
    } catch (error) {
      place.release()
      throw error
    }
  }

  private constructor(path: string, given: CassetteOptions, place: Place, setup: SessionSetup) {
    this.path = path
    this.#place = place
    this.#setup = setup
    this.#opened = openFile(path, given)
    const { options, former, recording } = this.#opened
    const { kept } = former
    const { matcher, allowPlaybackRepeats } = options
    this.options = options
    const shared = options.mode === 'all' ? undefined : setup.shared
    this.#playback = new Playback(shared ? [...kept, ...shared.more(recording)] : kept, {
      ...matchRulesOf(options),
      matcher,
      allowRepeats: allowPlaybackRepeats,
      take: shared && ((entry) => shared.take(entry, kept)),
    })
    this.#recorder = openRecorder(this.#opened, setup.shared, {
      onStatus: (request, status) => this.#onStatus(request, status),
      onError: (error) => void (this.#writeError ??= error),
    })
    const ofOptions = {
      path,
      opened: this.#opened,
      playback: this.#playback,
      isLive: this.#recorder !== undefined || options.onMiss === 'passthrough',
      telemetry: new Telemetry(options, recording),
      ignored: compileIgnore(options.ignore),
      latch: (error: Error) => this.#latch(error),
    }
    this.#nonHttpUses = new NonHttpUses(ofOptions)
    // Other parts use the `ignored` that remembers which hosts it let through.
    this.#context = { ...ofOptions, ignored: (method, url) => this.#nonHttpUses.ignored(method, url) }
    this.#answers = new Answers(this.#context)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.failed = promise
    this.#fail = resolve
  }

  get mode(): RecordMode {
    return this.options.mode
  }

  get interactions(): number {
    return this.#opened.former.kept.length + this.recorded
  }

  get misses(): readonly CassetteMiss[] {
    return this.#answers.misses
  }

  get played(): number {
    return this.#playback.playedCount
  }

  get recorded(): number {
    return this.#recorder?.count ?? 0
  }

  /** The miss, or another failure, that the run must end with. */
  get latched(): Error | undefined {
    return this.#latched
  }

  async answer(incoming: IncomingRequest): Promise<Outcome> {
    const sequence = this.#sequence++
    try {
      return await this.#answer(incoming, sequence)
    } catch (error) {
      // A file that cannot be read or a matcher that throws: the run must fail, even if the client catches the error.
      const failure = this.#latch(toError(error))
      return refusal(failure, incoming.headers)
    }
  }

  async #answer(incoming: IncomingRequest, sequence: number): Promise<Outcome> {
    if (this.#context.ignored(incoming.method, incoming.url)) return { kind: 'forward' }
    if (isUpgrade(incoming)) return answerUpgrade(this.#context, incoming)
    const telemetry = await this.#context.telemetry.outcome(incoming)
    // A recording of it is played: it was made with `telemetry: false`, or before telemetry was known.
    if (telemetry && !this.#answers.mayBeRecorded(incoming)) return telemetry
    const { outcome = telemetry, request } = await this.#answers.lookUp(incoming)
    if (outcome) return outcome
    if (this.#closing)
      return refusal(
        new ClosedCassetteError(redactedName(this.#context, incoming), this.path),
        incoming.headers,
      )
    const unsent = this.#answers.unsent(incoming, request)
    if (unsent) return unsent
    if (this.#recorder) return { kind: 'forward', tap: this.#recorder.begin(incoming, sequence, request) }
    if (this.options.onMiss === 'passthrough') return { kind: 'forward' }
    return this.#answers.miss(incoming, request)
  }

  forwards = (method: string): boolean =>
    this.#context.isLive && !this.#closing && !this.#playback.mayAnswer(method)

  connect = (target: ConnectTarget): 'open' | 'hold' | Error => mayConnect(this.#context, target)

  negotiated: Answering['negotiated'] = (target) => this.#playback.negotiated(target)

  nonHttp: Answering['nonHttp'] = (use) => this.#nonHttpUses.errorFor(use)

  unseen = (request: { method: string; url: string }): Error | undefined =>
    refuseUnseen(this.#context, request)

  #latch(error: Error): Error {
    this.#latched ??= error
    this.#setup.onFailure?.(error)
    this.#fail()
    return error
  }

  #onStatus(incoming: IncomingRequest, status: number): void {
    const error = judgeStatus(
      redactedName(this.#context, incoming),
      status,
      this.options.onRecordError,
      this.path,
    )
    if (error) this.#latch(error)
  }

  close(): Promise<void> {
    return this.finish({ failed: false }).then(() => {
      if (this.#latched) throw this.#latched
    })
  }

  /** Ends the session. Rejects only if writing or a check fails. The caller throws the latched error. */
  finish(run: { failed: boolean }): Promise<void> {
    return (this.#closing ??= thenRefreshed(this.#finish(run.failed)))
  }

  /** Like `finish`, but from an `exit` listener, which cannot wait: exchanges that have not ended are cut. */
  finishNow(run: { failed: boolean }): void {
    if (this.#closing) return
    this.#closing = Promise.resolve()
    this.#recorder?.settleNow()
    this.#end(run.failed)
  }

  /** The process exits during the run: keeps what was recorded, and makes the exit code a failure if there was a miss. */
  exit(): void {
    this.finishNow({ failed: true })
    if (this.#latched) reportAtExit(this.#latched)
  }

  /** Redacts a text as the cassette's texts are redacted. */
  redact(text: string): string {
    return this.#opened.redactor.text(text)
  }

  async #finish(failed: boolean): Promise<void> {
    await this.#recorder?.settle()
    this.#end(failed)
  }

  #end(failed: boolean): void {
    try {
      finishRun({
        path: this.path,
        mode: this.mode,
        recording: this.#opened.recording,
        options: this.options,
        failed: failed || this.#latched !== undefined,
        refused: this.#latched instanceof RecordedErrorResponse,
        writeError: this.#writeError,
        cassette: this.#opened.cassette,
        former: this.#opened.former,
        textOf: (entry) => this.#answers.rebases.textOf(entry),
        rebased: this.#answers.rebases.count,
        journal: this.#opened.journal,
        recorded: this.#recorder?.items ?? [],
        playback: this.#playback,
      })
    } finally {
      this.#answers.order.stop()
      this.#answers.websockets.stop()
      this.#place.release()
      this.#setup.onEnd?.()
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
