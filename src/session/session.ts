import type { CassetteMiss } from '../errors/cassette-miss.ts'
import { ClosedCassetteError } from '../errors/closed-cassette-error.ts'
import { RecordedErrorResponse } from '../errors/recorded-error-response.ts'
import type { ConnectTarget, IncomingRequest, Outcome } from '../exchange/answer.ts'
import { type Answering, occupy, type Place } from './current.ts'
import { finishRun } from './finish.ts'
import { compileIgnore } from './ignore.ts'
import { bodySoon, isUpgrade, redactedRequest } from './match-request.ts'
import { lastWords } from './last-words.ts'
import { missOf, noteMiss } from './miss.ts'
import { type Opened, openFile } from './open.ts'
import { openRecorder } from './open-recorder.ts'
import type { CassetteSession } from './cassette-session.ts'
import type { CassetteOptions, RecordMode, ResolvedOptions } from './options.ts'
import { Playback } from './playback.ts'
import type { Recorder } from './recorder.ts'
import { Rebases } from './rebase.ts'
import { judgeStatus } from './record-status.ts'
import { refusal } from './refusal.ts'
import { replayOf } from './replay.ts'
import type { SessionSeams } from './seams.ts'
import { Unrecorded } from './unrecorded.ts'

export class Session implements CassetteSession, Answering {
  readonly path: string
  readonly options: ResolvedOptions
  /** Resolves when the session has failed in a way that `fn` may not swallow. */
  readonly failed: Promise<void>
  readonly misses: CassetteMiss[] = []
  readonly #opened: Opened
  readonly #recorder: Recorder | undefined
  readonly #playback: Playback
  readonly #rebases = new Rebases()
  readonly #unrecorded: Unrecorded
  readonly #ignored: (method: string, url: string) => boolean
  readonly #place: Place
  readonly #seams: SessionSeams
  readonly #fail: () => void
  #latched: Error | undefined
  #writeError: Error | undefined
  #sequence = 0
  #closing: Promise<void> | undefined

  /** Everything that can be wrong with path, options or file is found here, before any code under test runs. */
  static open(path: string, given: CassetteOptions, seams: SessionSeams = {}): Session {
    const place = seams.place ?? occupy(path)
    try {
      const session = new Session(path, given, place, seams)
      place.attach(session)
      return session
    } catch (error) {
      place.release()
      throw error
    }
  }

  private constructor(path: string, given: CassetteOptions, place: Place, seams: SessionSeams) {
    this.path = path
    this.#place = place
    this.#seams = seams
    this.#opened = openFile(path, given)
    const { options, kept } = this.#opened
    const { matchOn, matcher, allowPlaybackRepeats } = options
    this.options = options
    this.#ignored = compileIgnore(options.ignore)
    this.#playback = new Playback(kept, { matchOn, matcher, allowRepeats: allowPlaybackRepeats })
    this.#recorder = openRecorder(this.#opened, {
      onStatus: (request, status) => this.#onStatus(request, status),
      onError: (error) => void (this.#writeError ??= error),
    })
    this.#unrecorded = new Unrecorded({
      path,
      mode: options.mode,
      isLive: this.#recorder !== undefined || options.onMiss === 'passthrough',
      ignored: this.#ignored,
      named: (request) => this.#named(request),
      latch: (error) => this.#latch(error),
    })
    const { promise, resolve } = Promise.withResolvers<void>()
    this.failed = promise
    this.#fail = resolve
  }

  get mode(): RecordMode {
    return this.options.mode
  }

  get interactions(): number {
    return this.#opened.kept.length + this.recorded
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
      // A file that cannot be read, a matcher that throws: no client may swallow that either.
      const failure = this.#latch(error instanceof Error ? error : new Error(String(error)))
      return refusal(failure, incoming.headers)
    }
  }

  async #answer(incoming: IncomingRequest, sequence: number): Promise<Outcome> {
    if (this.#ignored(incoming.method, incoming.url)) return { kind: 'forward' }
    if (isUpgrade(incoming)) return this.#unrecorded.upgrade(incoming)
    const replay = await this.#replay(incoming)
    if (replay) return replay
    if (this.#closing)
      return refusal(new ClosedCassetteError(this.#named(incoming), this.path), incoming.headers)
    if (this.#recorder) return { kind: 'forward', tap: this.#recorder.begin(incoming, sequence) }
    if (this.options.onMiss === 'passthrough') return { kind: 'forward' }
    return this.#miss(incoming)
  }

  connect = (target: ConnectTarget): 'open' | 'hold' | Error => this.#unrecorded.connect(target)

  negotiated: Answering['negotiated'] = (target) => this.#playback.negotiated(target)

  unseen = (request: { method: string; url: string }): Error | undefined => this.#unrecorded.unseen(request)

  async #replay(incoming: IncomingRequest): Promise<Outcome | undefined> {
    if (!this.#playback.mayAnswer(incoming.method)) return undefined
    let body: Uint8Array | null
    try {
      body = await incoming.body()
    } catch (error) {
      // The upload failed, which is the client's own affair.
      return { kind: 'refuse', error: error instanceof Error ? error : new Error(String(error)) }
    }
    const request = await this.#redacted(incoming, body)
    for (;;) {
      const recording = this.#playback.find(request)
      if (!recording) return undefined
      recording.played = true
      const outcome = await replayOf(recording.entry, this.options)
      if (outcome) return outcome
      recording.struck = true
    }
  }

  #redacted({ method, url, headers }: IncomingRequest, body: Uint8Array | null) {
    return redactedRequest({ method, url, headers, body }, this.#opened.redactor)
  }

  async #miss(incoming: IncomingRequest): Promise<Outcome> {
    const request = await this.#redacted(incoming, await bodySoon(incoming))
    const { options, redactor, cassette } = this.#opened
    const exists = cassette !== undefined
    const miss = missOf(request, { path: this.path, exists, options, redactor, playback: this.#playback })
    const accepted =
      options.onMiss === 'rebase' && this.#rebases.accept(miss, this.#playback, options.matchOn)
    const rebased = accepted ? await replayOf(accepted.entry, options) : undefined
    if (rebased) return rebased
    this.misses.push(miss)
    this.#latch(miss)
    const file = process.env['CASSETTE_MISSES']
    if (file) noteMiss(file, miss)
    return refusal(miss, incoming.headers)
  }

  #latch(error: Error): Error {
    this.#latched ??= error
    this.#seams.onFailure?.(error)
    this.#fail()
    return error
  }

  #named({ method, url }: { method: string; url: string }): { method: string; url: string } {
    return { method, url: this.#opened.redactor.request({ method, url, headers: [], body: null }).url }
  }

  #onStatus(incoming: IncomingRequest, status: number): void {
    const error = judgeStatus(this.#named(incoming), status, this.options.onRecordError, this.path)
    if (error) this.#latch(error)
  }

  close(): Promise<void> {
    return this.finish({ failed: false }).then(() => {
      if (this.#latched) throw this.#latched
    })
  }

  /** Ends the session. Rejects only where writing or a check fails; the latched failure is the caller's to throw. */
  finish(run: { failed: boolean }): Promise<void> {
    return (this.#closing ??= this.#finish(run.failed))
  }

  /** As `finish`, from an `exit` listener: nothing can be waited for, what is still on its way is cut. */
  finishNow(run: { failed: boolean }): void {
    if (this.#closing) return
    this.#closing = Promise.resolve()
    this.#recorder?.settleNow()
    this.#end(run.failed)
  }

  /** The process ends in mid-run: nothing is lost, and a miss does not end as success. */
  exit(): void {
    this.finishNow({ failed: true })
    if (this.#latched) lastWords(this.#latched)
  }

  /** As the cassette has it. */
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
        strict: this.options.strict,
        failed: failed || this.#latched !== undefined,
        refused: this.#latched instanceof RecordedErrorResponse,
        writeError: this.#writeError,
        cassette: this.#opened.cassette,
        kept: this.#opened.kept.map((entry) => this.#rebases.textOf(entry)),
        rebased: this.#rebases.count,
        journal: this.#opened.journal,
        recorded: this.#recorder?.texts ?? [],
        playback: this.#playback,
      })
    } finally {
      this.#place.release()
      this.#seams.onEnd?.()
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
