import { setImmediate as macrotask } from 'node:timers/promises'

import { fromInteraction } from '../cassette/convert.ts'
import type { CassetteMiss } from '../errors/cassette-miss.ts'
import type { IncomingRequest, Outcome, Replay } from '../exchange/answer.ts'
import type { ExchangeRequest } from '../exchange/types.ts'
import { Asking, Conversation } from './conversation.ts'
import { bodySoon, redactedRequest } from './match-request.ts'
import { missOf, noteMiss } from './miss.ts'
import type { Opened } from './open.ts'
import type { Playback, Recording } from './playback.ts'
import { Rebases } from './rebase.ts'
import { refusal } from './refusal.ts'
import { replayOf } from './replay.ts'
import { followUpload, type Upload } from './upload.ts'
import { WebSockets } from './websockets.ts'

export interface AnswersContext {
  readonly path: string
  readonly opened: Opened
  readonly playback: Playback
  /** Whether a request that no recording answers goes live. */
  readonly isLive: boolean
  /** Keeps an error that nobody may swallow. */
  readonly latch: (error: Error) => Error
}

/**
 * A body that has not moved for this long belongs to a client that waits for an answer first, ms. Where one can be had
 * from the network soon, else when a slow upload would have gone on for sure.
 */
const STALL_MS = { live: 1000, offline: 10_000 }

/** What the recordings say to a request: one of them, or a miss. */
export class Answers {
  readonly misses: CassetteMiss[] = []
  readonly rebases = new Rebases()
  readonly webSockets: WebSockets
  readonly #context: AnswersContext

  constructor(context: AnswersContext) {
    this.#context = context
    this.webSockets = new WebSockets({ ...context, missed: (miss) => this.#missed(miss) })
  }

  /** `undefined`: no recording answers. */
  async replay(incoming: IncomingRequest): Promise<Outcome | undefined> {
    if (!this.#context.playback.mayAnswer(incoming.method)) return undefined
    const upload = followUpload(incoming)
    const whole = incoming.body()
    whole.catch(() => {})
    if (upload) {
      const begun = await this.#converse(incoming, upload)
      if (begun) return begun
      if (!upload.ended) return undefined
    }
    let body: Uint8Array | null
    try {
      body = await whole
    } catch (error) {
      // The upload failed, which is the client's own affair.
      return { kind: 'refuse', error: error instanceof Error ? error : new Error(String(error)) }
    }
    return this.#find(await this.#redacted(incoming, body))
  }

  async miss(incoming: IncomingRequest): Promise<Outcome> {
    const { opened, playback } = this.#context
    const { options } = opened
    const request = await this.#redacted(incoming, await bodySoon(incoming))
    const miss = this.#missOf(incoming, request)
    const accepted = options.onMiss === 'rebase' && this.rebases.accept(miss, playback, options.matchOn)
    const rebased = accepted ? await replayOf(accepted.entry, options) : undefined
    if (accepted && rebased) return this.webSockets.scripted(rebased, accepted, request)
    return refusal(this.#missed(miss), incoming.headers)
  }

  async #find(request: ExchangeRequest): Promise<Outcome | undefined> {
    for (;;) {
      const recording = this.#context.playback.find(request)
      const outcome = recording && (await this.#play(recording))
      if (outcome) return this.webSockets.scripted(outcome, recording, request)
      if (!recording) return undefined
    }
  }

  /** `undefined`: `beforeReplay` has struck it out. */
  async #play(recording: Recording): Promise<Replay | undefined> {
    recording.played = true
    const outcome = await replayOf(recording.entry, this.#context.opened.options)
    if (!outcome) recording.struck = true
    return outcome
  }

  /**
   * Answers a client that waits for an answer before it sends on, by what it has sent.
   * @returns `undefined` when the body has ended, or when no recording of a conversation begins as it does
   */
  async #converse(incoming: IncomingRequest, upload: Upload): Promise<Outcome | undefined> {
    if (!upload.ended) await macrotask()
    const { opened, playback, isLive } = this.#context
    const { method, headers } = incoming
    const describe = opened.describe(incoming)
    const redact = (request: ExchangeRequest): ExchangeRequest => opened.redactor.request(request, describe)
    const { url } = redact({ method, url: incoming.url, headers, body: null })
    const asking = new Asking({ method, url: incoming.url, headers }, upload, redact)
    if (upload.ended) return undefined
    const { conversations, others } = playback.at(method, url)
    const ruledOut = new Set<Recording>()
    while (!upload.ended) {
      const left = conversations.filter((recording) => !ruledOut.has(recording) && playback.isFree(recording))
      for (const recording of left) {
        const recorded = fromInteraction(recording.entry.read())
        if (upload.units.count < (recorded.response?.after ?? 0)) continue
        const conversation = new Conversation(recorded.request, asking, {
          same: (request) => playback.isAnswer(recording, request),
          diverged: async (request) =>
            this.#missed(
              this.#missOf(incoming, request, upload.ended ? undefined : upload.units.messages?.length),
            ),
        })
        const outcome = conversation.fits ? await this.#play(recording) : undefined
        if (outcome?.kind === 'replay') {
          void conversation.watch()
          return { ...outcome, turn: (after) => conversation.turn(after) }
        }
        ruledOut.add(recording)
      }
      const isOpen = left.some((recording) => !ruledOut.has(recording))
      // Messages are not sent by halves: nothing else can answer what has none of its own.
      if (!isOpen && !others && asking.messages) return undefined
      const patience = isOpen ? undefined : isLive ? STALL_MS.live : STALL_MS.offline
      if (!(await upload.progress(patience))) return undefined
    }
    return undefined
  }

  #redacted(incoming: IncomingRequest, body: Uint8Array | null): Promise<ExchangeRequest> {
    const { method, url, headers } = incoming
    const { redactor, describe } = this.#context.opened
    return redactedRequest({ method, url, headers, body }, redactor, describe(incoming))
  }

  #missOf(incoming: IncomingRequest, request: ExchangeRequest, heard?: number): CassetteMiss {
    const { path, opened, playback } = this.#context
    const { options, redactor, cassette } = opened
    return missOf(request, {
      path,
      exists: cassette !== undefined,
      options,
      redactor,
      playback,
      heard,
      describe: opened.describe(incoming),
    })
  }

  #missed(miss: CassetteMiss): CassetteMiss {
    this.misses.push(miss)
    this.#context.latch(miss)
    const file = process.env['CASSETTE_MISSES']
    if (file) noteMiss(file, miss)
    return miss
  }
}
