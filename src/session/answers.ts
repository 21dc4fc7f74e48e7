import { defined } from '../base/defined.ts'
import { toError } from '../base/to-error.ts'
import type { CassetteEntry } from '../cassette/cassette.ts'
import { fromInteraction } from '../cassette/convert.ts'
import type { Replay, IncomingRequest, Outcome } from '../exchange/gate.ts'
import { encodeContent } from '../exchange/content-encoding/content-encoding.ts'
import { applyHook } from './options/hooks.ts'
import type { ResolvedOptions } from './options/options.ts'
import type { Interaction } from '../cassette/interaction.ts'
import type { CassetteMiss } from '../errors/cassette-miss.ts'
import type { ExchangeRequest, HeaderPairs } from '../exchange/exchange.ts'
import { Conversations } from './conversation/conversations.ts'
import { bodySoon, redactedRequest } from './replaying/match-request.ts'
import { missOf, noteMiss } from './replaying/miss.ts'
import type { Opened } from './opening/open.ts'
import type { Playback, Recording } from './replaying/playback.ts'
import { Rebases } from './replaying/rebases.ts'
import { refusal } from '../exchange/refusal.ts'
import { followUpload } from './conversation/upload.ts'
import { WebSockets } from './websocket/websockets.ts'

export interface AnswersContext {
  readonly path: string
  readonly opened: Opened
  readonly playback: Playback
  /** Whether a request that no recording answers goes live. */
  readonly isLive: boolean
  /** Keeps an error that nobody may swallow. */
  readonly latch: (error: Error) => Error
}

/** What the recordings say to a request: one of them, or a miss. */
export class Answers {
  readonly misses: CassetteMiss[] = []
  readonly rebases = new Rebases()
  readonly webSockets: WebSockets
  readonly #context: AnswersContext
  readonly #conversations: Conversations

  constructor(context: AnswersContext) {
    this.#context = context
    this.webSockets = new WebSockets({ ...context, missed: (miss) => this.#missed(miss) })
    this.#conversations = new Conversations({
      ...context,
      play: (recording) => this.#play(recording),
      diverged: (...what) => this.#missed(this.#missOf(...what)),
    })
  }

  /** `undefined`: no recording answers. */
  async replay(incoming: IncomingRequest): Promise<Outcome | undefined> {
    if (!this.#context.playback.mayAnswer(incoming.method)) return undefined
    const upload = followUpload(incoming)
    const whole = incoming.body()
    whole.catch(() => {})
    if (upload) {
      const begun = await this.#conversations.begin(incoming, upload)
      if (begun) return begun
      if (!upload.ended) return undefined
    }
    let body: Uint8Array | null
    try {
      body = await whole
    } catch (error) {
      // The upload failed, which is the client's own affair; nobody had answered that in the recording, either.
      const same = this.#context.playback.find(await this.#redacted(incoming, null))
      if (same && isUnanswered(same.entry.read())) same.played = true
      return { kind: 'refuse', error: toError(error) }
    }
    const found = await this.#find(incoming.headers, await this.#redacted(incoming, body))
    return found ?? this.#conversations.resume(incoming, body)
  }

  async miss(incoming: IncomingRequest): Promise<Outcome> {
    const { opened, playback } = this.#context
    const { options } = opened
    const request = await this.#redacted(incoming, await bodySoon(incoming))
    const miss = this.#missOf(incoming, request)
    const accepted = options.onMiss === 'rebase' && this.rebases.accept(miss, playback, options.matchOn)
    const rebased = accepted ? await replayOf(accepted.entry, options) : undefined
    if (accepted && rebased) return this.webSockets.scripted(rebased, accepted, incoming.headers, request)
    return refusal(this.#missed(miss), incoming.headers)
  }

  async #find(sent: HeaderPairs, request: ExchangeRequest): Promise<Outcome | undefined> {
    for (;;) {
      const recording = this.#context.playback.find(request)
      const outcome = recording && (await this.#play(recording))
      if (outcome) return this.webSockets.scripted(outcome, recording, sent, request)
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

const isUnanswered = ({ response, incomplete }: Interaction): boolean =>
  response === undefined && incomplete === true

/** What a client is given for a recording; `undefined` where `beforeReplay` has struck it out. */
export async function replayOf(
  entry: CassetteEntry,
  { beforeReplay, delayFactor }: Pick<ResolvedOptions, 'beforeReplay' | 'delayFactor'>,
): Promise<Replay | undefined> {
  const stored = entry.read()
  const interaction = beforeReplay ? applyHook(beforeReplay, stored) : stored
  if (!interaction) return undefined
  const { response, failure, incomplete, waitedMs } = await encodeContent(fromInteraction(interaction))
  return {
    kind: 'replay',
    delayFactor,
    ...defined({ response, failure, incomplete, waitedMs }),
  }
}
