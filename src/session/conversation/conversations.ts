import { setImmediate as macrotask } from 'node:timers/promises'

import { fromInteraction } from '../../cassette/convert.ts'
import type { IncomingRequest, Replay } from '../../exchange/gate.ts'
import type { ExchangeRequest } from '../../exchange/exchange.ts'
import { Asking, Conversation } from './conversation.ts'
import type { Opened } from '../opening/open.ts'
import type { Playback, Recording } from '../replaying/playback.ts'
import { samePrefix } from './same-prefix.ts'
import { followUpload, type Upload } from './upload.ts'

export interface ConversationsContext {
  readonly opened: Opened
  readonly playback: Playback
  /** Whether a request that no recording answers goes live. */
  readonly isLive: boolean
  /** `undefined`: `beforeReplay` has struck it out. */
  readonly play: (recording: Recording) => Promise<Replay | undefined>
  /**
   * The miss of a client that goes on otherwise than its recording.
   * @param heard how many messages have come, where there are more to come
   */
  readonly diverged: (incoming: IncomingRequest, request: ExchangeRequest, heard?: number) => Error
}

/**
 * A body that has not moved for this long belongs to a client that waits for an answer first, ms. Soon, where one can be
 * had from the network; late, where it cannot, or where another recording begins so: then the upload is only slow.
 */
const STALL_MS = { soon: 1000, late: 10_000 }

/** What a client is given to say its first word where several recordings wait for it, ms. */
const FIRST_MS = 50

/** Recordings that were answered while the client was sending: they are chosen by how its request begins. */
export class Conversations {
  readonly #context: ConversationsContext

  constructor(context: ConversationsContext) {
    this.#context = context
  }

  /**
   * Answers a client that waits for an answer before it sends on, by what it has sent.
   * @returns `undefined` when the body has ended, or when no recording of a conversation begins as it does
   */
  async begin(incoming: IncomingRequest, upload: Upload): Promise<Replay | undefined> {
    if (!upload.ended) await macrotask()
    if (upload.ended) return undefined
    const { playback } = this.#context
    const { asking, conversations, others } = this.#at(incoming, upload)
    const ruledOut = new Set<Recording>()
    let hasBegun = false
    while (!upload.ended) {
      const left = conversations.filter((recording) => !ruledOut.has(recording) && playback.isFree(recording))
      // Before it has said anything, a client begins like all of those that were answered then.
      if (!hasBegun && upload.bytes.length === 0 && left.length > 1) await upload.progress(FIRST_MS)
      hasBegun = true
      if (upload.ended) return undefined
      for (const recording of left) {
        const { recorded, after } = beginning(recording)
        if (upload.units.count < after) continue
        const replay = await this.#goOn(incoming, asking, { recording, recorded })
        if (replay) return replay
        ruledOut.add(recording)
      }
      if (left.some((recording) => !ruledOut.has(recording))) await upload.progress()
      // Messages are not sent by halves: nothing else can answer what has none of its own.
      else if (others.length === 0 && asking.messages) return undefined
      else if (!(await this.#goesOn(asking, others))) return undefined
    }
    return undefined
  }

  /**
   * Answers a request that is whole where its recording is not: the answer had come before the end, which was then not
   * sent. From memory a client may have sent all of it before it can be answered.
   */
  async resume(incoming: IncomingRequest, body: Uint8Array | null): Promise<Replay | undefined> {
    if (body === null) return undefined
    const upload = followUpload({
      ...incoming,
      follow(listener) {
        listener.data(body)
        listener.end()
      },
    })
    if (!upload) return undefined
    const { asking, conversations } = this.#at(incoming, upload)
    for (const recording of conversations) {
      const { recorded, after } = beginning(recording)
      if (!recorded.incomplete || upload.units.count < after) continue
      const replay = await this.#goOn(incoming, asking, { recording, recorded })
      if (replay) return replay
    }
    return undefined
  }

  #at(incoming: IncomingRequest, upload: Upload): { asking: Asking } & ReturnType<Playback['at']> {
    const { opened, playback } = this.#context
    const { method, url, headers } = incoming
    const describe = opened.describe(incoming)
    const redact = (request: ExchangeRequest): ExchangeRequest => opened.redactor.request(request, describe)
    const asking = new Asking({ method, url, headers }, upload, redact)
    return { asking, ...playback.at(method, redact({ method, url, headers, body: null }).url) }
  }

  /** `undefined`: the recording does not begin as the client does, or is struck out. */
  async #goOn(
    incoming: IncomingRequest,
    asking: Asking,
    { recording, recorded }: { recording: Recording; recorded: ExchangeRequest },
  ): Promise<Replay | undefined> {
    const { playback, play, diverged } = this.#context
    const { upload } = asking
    const conversation = new Conversation(recorded, asking, {
      same: (request) => playback.isAnswer(recording, request),
      diverged: async (request) =>
        diverged(incoming, request, upload.ended ? undefined : upload.units.messages?.length),
    })
    if (!conversation.fits || !(recording.played || playback.isOurs(recording))) return undefined
    const replay = await play(recording)
    if (!replay) return undefined
    void conversation.watch()
    return { ...replay, turn: (after) => conversation.turn(after) }
  }

  /** Waits for more of the body. @returns `false` where the client seems to wait, too */
  async #goesOn(asking: Asking, others: readonly Recording[]): Promise<boolean> {
    const { upload } = asking
    if (!this.#context.isLive) return upload.progress(STALL_MS.late)
    if (await upload.progress(STALL_MS.soon)) return true
    const mayBe = (recording: Recording): boolean => {
      const { recorded } = beginning(recording)
      return samePrefix(recorded, asking.sofar(recorded))
    }
    return others.some(mayBe) && upload.progress(STALL_MS.late - STALL_MS.soon)
  }
}

/** `after`: units sent when the answer came. */
function beginning({ entry }: Recording): { recorded: ExchangeRequest; after: number } {
  const { request, response } = fromInteraction(entry.read())
  return { recorded: request, after: response?.after ?? 0 }
}
