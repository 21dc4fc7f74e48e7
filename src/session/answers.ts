import { toError } from '../base/to-error.ts'
import { requestFromInteraction, requestToInteraction } from '../cassette/convert.ts'
import type { Interaction } from '../cassette/interaction.ts'
import type { CassetteMiss } from '../errors/cassette-miss.ts'
import type { ExchangeRequest, RequestHead } from '../exchange/exchange.ts'
import type { IncomingRequest, Outcome, Replay } from '../exchange/gate.ts'
import { headerValue } from '../exchange/headers.ts'
import { refusal } from '../exchange/refusal.ts'
import { type HiddenValues, hiddenValues } from '../redaction/parts/hidden-values.ts'
import type { SessionContext } from './context.ts'
import {
  beginConversation,
  type ConversationActions,
  resumeConversation,
} from './conversation/conversations.ts'
import { heartbeatOf } from './conversation/heartbeat.ts'
import { followUpload } from './conversation/upload.ts'
import { matchRulesOf } from './options/match-rules.ts'
import { originOf } from './replaying/address.ts'
import { bodySoon, redactedRequest } from './replaying/match-request.ts'
import { handedElsewhere } from './process/given-elsewhere.ts'
import { noteStandIns, standInsOf } from './replaying/given/recorded-stand-ins.ts'
import { standInError, standInsIn } from './replaying/given/unsendable.ts'
import { hidesSomething } from './replaying/hidden/hidden-differences.ts'
import { missOf, noteMiss, type Unanswered } from './replaying/miss.ts'
import type { Recording } from './replaying/bucket.ts'
import { PlayedErrors } from './replaying/answer/played-errors.ts'
import { formed } from './replaying/answer/formed.ts'
import { refreshed, secondsLater } from './replaying/answer/refresh.ts'
import { Rebases } from './replaying/rebases.ts'
import { replayOf } from './replaying/replay.ts'
import { RpcIds } from './replaying/json-rpc/ids.ts'
import { SendOrder } from './replaying/send-order.ts'
import { WebSockets } from './websocket/websockets.ts'

/** The result of a look-up. */
export interface LookUp {
  /** `undefined`: no recording answers. */
  readonly outcome?: Outcome
  /** The whole request, redacted, if the look-up needed it. */
  readonly request?: ExchangeRequest
}

/** Answers requests from the recordings: with one of them, or with a miss. */
export class Answers {
  readonly misses: CassetteMiss[] = []
  readonly rebases = new Rebases()
  readonly websockets: WebSockets
  readonly order: SendOrder
  readonly #errors: PlayedErrors
  readonly #rpc = new RpcIds()
  readonly #context: SessionContext
  readonly #conversation: ConversationActions

  constructor(context: SessionContext) {
    this.#context = context
    context.opened.given.recognise(() => standInsOf(context.playback.recordings))
    this.order = new SendOrder(context)
    this.#errors = new PlayedErrors(context)
    this.websockets = new WebSockets(context, this.#rpc, (miss) => this.#keep(miss))
    this.#conversation = {
      play: (recording, incoming) => this.#play(recording, incoming),
      diverged: (incoming, request, heard) =>
        this.#keep(missOf(this.#unanswered(incoming, request, heard), context)),
    }
  }

  /** Whether there is a recording of this server. */
  mayBeRecorded({ url }: { readonly url: string }): boolean {
    const origin = originOf(url)
    return this.#context.playback.recordings.some(({ entry }) => originOf(entry.url) === origin)
  }

  async lookUp(incoming: IncomingRequest): Promise<LookUp> {
    if (!this.#context.playback.mayAnswer(incoming.method)) return {}
    const upload = followUpload(incoming)
    const whole = incoming.body()
    whole.catch(() => {})
    if (upload) {
      const begun = await beginConversation(this.#context, this.#conversation, incoming, upload)
      if (begun) return { outcome: begun }
      if (!upload.ended) return {}
    }
    let body: Uint8Array | null
    try {
      body = await whole
    } catch (error) {
      // The client gave up its upload. A recording of the same has no answer either: it counts as played.
      const same = this.#context.playback.find(await this.#redacted(incoming, null))
      if (same && isUnanswered(same.entry.read())) this.#context.playback.play(same)
      return { outcome: { kind: 'refuse', error: toError(error) } }
    }
    const request = await this.#redacted(incoming, body)
    const found =
      (await this.#find(incoming, request, decodedBody(request, body))) ??
      (await this.#findForeign(incoming, request, body)) ??
      (await resumeConversation(this.#context, this.#conversation, incoming, body))
    return found ? { outcome: found, request } : { request }
  }

  /** The refusal of a request that would go to its server with a stand-in for a value that a recording gave. */
  unsent(incoming: IncomingRequest, known?: ExchangeRequest): Outcome | undefined {
    const { isLive, latch } = this.#context
    const error = isLive ? standInError(this.#context, incoming, known) : undefined
    return error && refusal(latch(error), incoming.headers)
  }

  /** @param known the redacted request, if the look-up has it */
  async miss(incoming: IncomingRequest, known?: ExchangeRequest): Promise<Outcome> {
    const { opened, playback, path } = this.#context
    const { options } = opened
    const body = await bodySoon(incoming)
    const request = known ?? (await this.#redacted(incoming, body))
    const beat = heartbeatOf(playback.row(request), this.order.open)
    const again = beat && (await this.#play(beat, incoming))
    if (again) return again
    const sent = hiddenValues({ ...headOf(incoming), body }, request)
    const unanswered = { ...this.#unanswered(incoming, request), sent }
    const miss = missOf(unanswered, this.#context)
    const accepted =
      options.onMiss === 'rebase' && this.rebases.accept(unanswered, path, playback, matchRulesOf(options))
    const rebased = accepted ? await this.#play(accepted, incoming, request.body) : undefined
    if (accepted && rebased) return this.websockets.scripted(rebased, accepted, incoming.headers, request)
    return refusal(this.#keep(miss), incoming.headers)
  }

  async #find(
    incoming: RequestHead,
    request: ExchangeRequest,
    body: Uint8Array | null,
  ): Promise<Outcome | undefined> {
    let known: HiddenValues | undefined
    const hidden = (): HiddenValues => (known ??= hiddenValues({ ...headOf(incoming), body }, request))
    for (;;) {
      const recording = this.#context.playback.find(request, hidden)
      if (recording && hidesSomething(request)) recording.sent = hidden()
      const outcome = recording && (await this.#play(recording, incoming, body))
      if (outcome) return this.websockets.scripted(outcome, recording, incoming.headers, request)
      if (!recording) return undefined
    }
  }

  /** Cassettes count their stand-ins alone: one of another cassette may be equal to one of this. */
  async #findForeign(
    incoming: IncomingRequest,
    known: ExchangeRequest,
    body: Uint8Array | null,
  ): Promise<Outcome | undefined> {
    if (!standInsIn(known).some((standIn) => handedElsewhere(standIn, this.#context.path))) return undefined
    const { given } = this.#context.opened
    const request = await this.#redacted(incoming, body, (redact) => given.asForeign(redact))
    return this.#find(incoming, request, decodedBody(request, body))
  }

  /**
   * `undefined`: `beforeReplay` returned `null`.
   * @param body what the client sent, content-decoded
   */
  async #play(
    recording: Recording,
    incoming: RequestHead,
    body: Uint8Array | null = null,
  ): Promise<Replay | undefined> {
    const { entry } = recording
    this.#rpc.asked.begin(recording, headOf(incoming))
    this.#rpc.asked.add(recording, () => requestFromInteraction(entry.read().request).body, body)
    this.#context.playback.play(recording)
    const { options, given } = this.#context.opened
    const now = Date.now()
    const outcome = await replayOf(entry, options, (answer) => {
      const fresh = refreshed(answer, options, { headers: incoming.headers, now })
      return this.#rpc.answer(recording, formed(fresh, given, secondsLater(answer, options.refresh, now)))
    })
    noteStandIns(recording, this.#context.path)
    if (outcome) this.#errors.note(entry, outcome)
    else recording.struck = true
    return outcome && { ...outcome, ...this.#ordered(recording, outcome) }
  }

  #ordered(recording: Recording, { open }: Replay): Partial<Replay> {
    const { closed, ...ordered } = this.order.of(recording)
    return open ? { ...ordered, closed } : ordered
  }

  #redacted(
    incoming: IncomingRequest,
    body: Uint8Array | null,
    within?: <T>(redact: () => T) => T,
  ): Promise<ExchangeRequest> {
    const { method, url, headers } = incoming
    const { redactor, readersFor } = this.#context.opened
    return redactedRequest({ method, url, headers, body }, redactor, readersFor(incoming), within)
  }

  #unanswered(incoming: IncomingRequest, request: ExchangeRequest, heard?: number): Unanswered {
    const readers = this.#context.opened.readersFor(incoming)
    return { request, stored: requestToInteraction(request, readers?.request), readers, heard }
  }

  #keep(miss: CassetteMiss): CassetteMiss {
    this.misses.push(miss)
    this.#context.latch(miss)
    const file = process.env['CASSETTE_MISSES']
    if (file) noteMiss(file, miss)
    return miss
  }
}

const headOf = ({ method, url, headers }: RequestHead): RequestHead => ({ method, url, headers })

const isUnanswered = ({ response, incomplete }: Interaction): boolean =>
  response === undefined && incomplete === true

/** The decoded body. Only a compressed body is taken from the redacted request, where it is decoded already. */
const decodedBody = (request: ExchangeRequest, body: Uint8Array | null): Uint8Array | null =>
  headerValue(request.headers, 'content-encoding') === undefined ? body : request.body
