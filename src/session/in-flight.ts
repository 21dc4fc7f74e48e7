import { STATUS_CODES } from 'node:http'

import type { IncomingRequest, ResponseHead, Tap } from '../exchange/answer.ts'
import type { Chunk, Exchange, ExchangeFailure, HeaderPairs } from '../exchange/types.ts'

/** Milliseconds, monotonic. */
export type Clock = () => number

export interface InFlightHooks {
  readonly clock: Clock
  /** ISO 8601 of now. */
  readonly now: () => string
  /** Called at the response head: the answer's status is known. */
  onHead(status: number): void
  /** Called once, with what there is in the end. */
  onDone(exchange: Exchange): void
}

/** @note The same traffic recorded again has to make the same bytes: what a loopback server takes is none. */
const HEAD_STEP_MS = 100
const coarse = (ms: number): number => Math.floor(ms / HEAD_STEP_MS) * HEAD_STEP_MS

/** One exchange being recorded. All it does while the client reads is keep chunks and look at the clock. */
export class InFlight implements Tap {
  readonly request: IncomingRequest
  /** The order in which requests started. */
  readonly sequence: number
  lastActivity: number
  readonly #hooks: InFlightHooks
  readonly #recordedAt: string
  readonly #startedAt: number
  #head: (ResponseHead & { delayMs: number }) | undefined
  readonly #chunks: Chunk[] = []
  #body: { readonly bytes: Uint8Array | null } | undefined
  #done = false

  constructor(request: IncomingRequest, sequence: number, hooks: InFlightHooks) {
    this.request = request
    this.sequence = sequence
    this.#hooks = hooks
    this.#recordedAt = hooks.now()
    this.#startedAt = hooks.clock()
    this.lastActivity = this.#startedAt
  }

  get hasHead(): boolean {
    return this.#head !== undefined
  }

  get isDone(): boolean {
    return this.#done
  }

  head(head: ResponseHead): void {
    const { reason, ...rest } = head
    // The standard phrase goes without saying.
    const spoken = reason === undefined || reason === STATUS_CODES[head.status] ? {} : { reason }
    this.#head = { ...rest, ...spoken, delayMs: coarse(this.#elapsed(this.#startedAt)) }
    this.#hooks.onHead(head.status)
  }

  data(chunk: Uint8Array): void {
    if (this.#done) return
    const since = this.lastActivity
    this.#chunks.push({ data: chunk, delayMs: this.#elapsed(since) })
  }

  end(trailers?: HeaderPairs): void {
    void this.#finish({}, trailers)
  }

  fail(failure: ExchangeFailure): void {
    void this.#finish({ failure })
  }

  cut(): void {
    // Without a head: the client left, or the cassette was closed, before anything was answered.
    void this.#finish({ incomplete: true })
  }

  /** As `cut`, where that needs no waiting. */
  cutNow(): void {
    if (this.#body) this.cut()
  }

  /** Asked for before the exchange ends, so that it can be written in the tick in which it does: the program may exit then. */
  async readBody(): Promise<void> {
    // A body whose upload failed cannot be matched, but the exchange is what happened.
    this.#body ??= { bytes: await this.request.body().catch(() => null) }
  }

  #elapsed(since: number): number {
    this.lastActivity = this.#hooks.clock()
    return Math.max(0, Math.round(this.lastActivity - since))
  }

  async #finish(
    end: { failure?: ExchangeFailure; incomplete?: true },
    trailers?: HeaderPairs,
  ): Promise<void> {
    if (this.#done) return
    this.#done = true
    if (!this.#body) await this.readBody()
    const { method, url, headers } = this.request
    const body = this.#body?.bytes ?? null
    const head = this.#head
    const response = head && {
      status: head.status,
      ...(head.reason === undefined ? {} : { reason: head.reason }),
      headers: head.headers,
      delayMs: head.delayMs,
      chunks: this.#chunks,
      ...(trailers && trailers.length > 0 ? { trailers } : {}),
    }
    this.#hooks.onDone({
      recordedAt: this.#recordedAt,
      request: { method, url, headers, body },
      ...(response ? { response } : {}),
      ...end,
    })
  }
}
