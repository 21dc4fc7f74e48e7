import { STATUS_CODES } from 'node:http'

import { defined } from '../../base/defined.ts'
import type { IncomingRequest, ResponseHead, Tap } from '../../exchange/gate.ts'
import type {
  Chunk,
  Exchange,
  ExchangeFailure,
  ExchangeRequest,
  ExchangeResponse,
  Frame,
  FrameContent,
  HeaderPairs,
  InformationalResponse,
} from '../../exchange/exchange.ts'
import { deadlineStatus, droppedStatus } from './grpc-status.ts'
import { followUpload, type Upload } from '../conversation/upload.ts'
import { isBodiless, isStreamed, rpcKindOf } from './cause.ts'
import type { Alongside } from './sent-requests.ts'

/** Milliseconds, monotonic. */
export type Clock = () => number

export interface InFlightHooks {
  readonly clock: Clock
  /** ISO 8601 of now. */
  readonly now: () => string
  /** Called when the response head has come. */
  onHead(status: number): void
  /** Called once, when the exchange has ended. */
  onDone(exchange: Exchange): void
}

type Ending = Pick<Exchange, 'failure' | 'incomplete' | 'open' | 'waitedMs'>

/** Delays under 100 ms are stored as 0, so that the same traffic from a fast server makes the same bytes. */
const HEAD_STEP_MS = 100
/** How long an upload may pause after its response has ended before it counts as abandoned, ms. */
const UPLOAD_PATIENCE_MS = 100
const SECOND_MS = 1000
const coarse = (ms: number): number => Math.floor(ms / HEAD_STEP_MS) * HEAD_STEP_MS

/** One exchange that is being recorded. While the client reads, it only keeps chunks and reads the clock. */
export class InFlight implements Tap {
  readonly request: IncomingRequest
  readonly alongside: Alongside
  lastActivity: number
  readonly #hooks: InFlightHooks
  readonly #recordedAt: string
  readonly #startedAt: number
  #head: (ResponseHead & { delayMs: number; after?: number }) | undefined
  readonly #informational: InformationalResponse[] = []
  /** The messages of a WebSocket so far. */
  readonly frames: Frame[] = []
  readonly #chunks: Chunk[] = []
  /** How many requests of the session had been sent when the head, each chunk or frame, and the end came. */
  readonly #sent = { head: 0, parts: [] as number[], end: 0 }
  #body: { readonly bytes: Uint8Array | null } | undefined
  #upload: Upload | undefined
  #done = false

  constructor(request: IncomingRequest, alongside: Alongside, hooks: InFlightHooks) {
    this.request = request
    this.alongside = alongside
    this.#hooks = hooks
    this.#recordedAt = hooks.now()
    this.#startedAt = hooks.clock()
    this.lastActivity = this.#startedAt
    this.#upload = followUpload(request)
  }

  get hasHead(): boolean {
    return this.#head !== undefined
  }

  /** The index of the first request that was sent after the head had come. */
  get givesFrom(): number {
    return this.#head ? this.#sent.head : this.alongside.count
  }

  /** The request's body, if it is known. */
  get requestBody(): Uint8Array | null {
    return this.#body?.bytes ?? null
  }

  /** What has come of a response that comes piece by piece; `undefined`: nothing, or the response comes as a whole. */
  get soFar(): Exchange | undefined {
    const response = this.alongside.own.isStream ? this.#response() : undefined
    const { method, url, headers } = this.request
    const request = { method, url, headers, body: this.requestBody }
    return response && { recordedAt: this.#recordedAt, request, response }
  }

  get isDone(): boolean {
    return this.#done
  }

  informational(response: InformationalResponse): void {
    this.#informational.push(response)
  }

  head(head: ResponseHead): void {
    const { reason, ...rest } = head
    this.#sent.head = this.alongside.count
    // The standard reason phrase is not stored.
    const spoken = reason === undefined || reason === STATUS_CODES[head.status] ? {} : { reason }
    this.#head = {
      ...rest,
      ...spoken,
      delayMs: coarse(this.#elapsed(this.#startedAt)),
      ...this.#upload?.after(),
    }
    this.alongside.own.isStream = isStreamed(head, this.request.method)
    this.#hooks.onHead(head.status)
  }

  data(chunk: Uint8Array): void {
    if (this.#done) return
    const since = this.lastActivity
    this.#sent.parts.push(this.alongside.count)
    this.#chunks.push({ data: chunk, delayMs: this.#elapsed(since), ...this.#upload?.after() })
  }

  frame(from: 'client' | 'server', frame: FrameContent): void {
    if (this.#done) return
    const since = this.lastActivity
    this.#sent.parts.push(this.alongside.count)
    this.frames.push({ from, delayMs: this.#elapsed(since), ...frame })
  }

  end(trailers?: HeaderPairs): void {
    void this.#finish({}, trailers)
  }

  fail(failure: ExchangeFailure): void {
    const status = droppedStatus(this.request.headers, failure)
    if (status) return this.#leftAt(status)
    void this.#finish({ failure })
  }

  cut(): void {
    this.#cut()
  }

  /** The cassette is being closed while the exchange goes on. */
  leaveOpen(): void {
    this.#cut({ open: true })
  }

  #cut(open: { open?: true } = {}): void {
    const { headers } = this.request
    const status = deadlineStatus(headers, this.#hooks.clock() - this.#startedAt)
    if (status) return this.#leftAt(status)
    // Without a head, the client left or the cassette was closed before the server answered.
    void this.#finish({ incomplete: true, ...open, ...this.#waited() })
  }

  /** The client has ended the call with this status. */
  #leftAt(status: HeaderPairs): void {
    if (this.#head || this.#done) return this.end(status)
    this.#head = {
      status: 200,
      version: '2',
      headers: [['content-type', 'application/grpc'], ...status],
      delayMs: coarse(this.#elapsed(this.#startedAt)),
      ...this.#upload?.after(),
    }
    this.end()
  }

  /** Like `leaveOpen`, but only if the request's body is known: nothing can be waited for. */
  leaveOpenNow(): void {
    if (this.#done || !(this.#body || this.#upload)) return
    this.#done = true
    this.#sent.end = this.alongside.count
    this.#tell({ incomplete: true, open: true, ...this.#waited() }, this.#upload?.after().after)
  }

  /** In full seconds, so that the same traffic makes the same bytes. */
  #waited(): { waitedMs?: number } {
    const ms = this.#hooks.clock() - this.lastActivity
    return ms < SECOND_MS ? {} : { waitedMs: Math.floor(ms / SECOND_MS) * SECOND_MS }
  }

  /** Reads the request's body before the exchange ends. Then the exchange can be written in the tick in which it ends: the program may exit after it. */
  async readBody(): Promise<void> {
    // A failed upload has no whole body to match by, but the exchange is recorded all the same.
    this.#body ??= { bytes: await this.request.body().catch(() => null) }
    this.alongside.own.rpc = rpcKindOf(this.#body.bytes)
    // It has the body once more.
    if (this.#upload?.ended === 'whole') this.#upload = undefined
  }

  /** Waits for the rest of the upload. A client that was answered early may send more, or never end. */
  async #lastOfBody(): Promise<void> {
    const whole = this.readBody()
    const upload = this.#upload
    if (!upload) return whole
    while (!upload.ended && (await upload.progress(UPLOAD_PATIENCE_MS)));
    if (upload.ended) await whole
  }

  #elapsed(since: number): number {
    this.lastActivity = this.#hooks.clock()
    return Math.max(0, Math.round(this.lastActivity - since))
  }

  async #finish(end: Ending, trailers?: HeaderPairs): Promise<void> {
    if (this.#done) return
    this.#done = true
    this.#sent.end = this.alongside.count
    const endAfter = this.#upload?.after().after
    if (!this.#body) await this.#lastOfBody()
    this.#tell(end, endAfter, trailers)
  }

  #tell(end: Ending, endAfter: number | undefined, trailers?: HeaderPairs): void {
    const response = this.#response(trailers, endAfter)
    if (isBodiless(response, end)) this.alongside.own.isStream = false
    this.#hooks.onDone({
      recordedAt: this.#recordedAt,
      request: this.#asked(),
      ...defined({ response: response && this.alongside.marked(response, this.#sent) }),
      ...end,
    })
  }

  #response(trailers?: HeaderPairs, endAfter?: number): ExchangeResponse | undefined {
    const head = this.#head
    if (!head) return undefined
    return {
      status: head.status,
      ...defined({ reason: head.reason, version: head.version }),
      ...(this.#informational.length > 0 ? { informational: this.#informational } : {}),
      headers: head.headers,
      delayMs: head.delayMs,
      chunks: this.#chunks,
      ...defined({ after: head.after, endAfter }),
      ...(this.frames.length > 0 ? { frames: this.frames } : {}),
      ...(trailers && trailers.length > 0 ? { trailers } : {}),
    }
  }

  #asked(): ExchangeRequest {
    const { method, url, headers } = this.request
    const isCut = this.#head?.after !== undefined && this.#upload && this.#upload.ended !== 'whole'
    if (!isCut) return { method, url, headers, body: this.#body?.bytes ?? null }
    return { method, url, headers, body: this.#upload?.bytes ?? null, incomplete: true }
  }
}
