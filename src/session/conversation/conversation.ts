import { headerValue } from '../../exchange/headers.ts'
import { comparableMessage, requestUnits } from '../../exchange/request-units.ts'
import type { ExchangeRequest } from '../../exchange/exchange.ts'
import { samePrefix } from './same-prefix.ts'
import type { PartialRequest } from './partial-request.ts'

export interface ConversationHooks {
  /** Whether the whole request is the recorded one. */
  same(request: ExchangeRequest): boolean
  /** The error to end the replay with. Called once. */
  diverged(request: ExchangeRequest): Promise<Error>
}

/** How long an upload may pause before it counts as stuck, ms. */
const STALL_MS = 1000

/** A recording that is played while the client is still sending. What the client sends is compared with the recorded request. */
export class Conversation {
  readonly #recorded: ExchangeRequest
  readonly #messages: readonly string[] | undefined
  readonly #partial: PartialRequest
  readonly #hooks: ConversationHooks
  #compared = 0
  /** The client has stopped sending, and what it has sent is not the beginning of the recording. */
  #isStuck = false
  #broken: Promise<Error> | undefined

  constructor(recorded: ExchangeRequest, partial: PartialRequest, hooks: ConversationHooks) {
    this.#recorded = recorded
    this.#partial = partial
    this.#hooks = hooks
    const contentType = headerValue(recorded.headers, 'content-type')
    const units = requestUnits(contentType)
    if (recorded.body) units.write(recorded.body)
    this.#messages = units.messages?.map((message) => comparableMessage(message, contentType))
  }

  /** Whether the recorded request begins with what has come so far. */
  get fits(): boolean {
    const { messages } = this.#partial
    if (!messages || !this.#messages)
      return samePrefix(this.#recorded, this.#partial.receivedSoFar(this.#recorded))
    for (; this.#compared < Math.min(messages.length, this.#messages.length); this.#compared++) {
      if (messages[this.#compared] !== this.#messages[this.#compared]) return false
    }
    return messages.length <= this.#messages.length || this.#recorded.incomplete === true
  }

  /** See `Replay.turn`. */
  async turn(after: number | undefined): Promise<void> {
    const { upload } = this.#partial
    for (;;) {
      this.#check()
      if (this.#broken) throw await this.#broken
      if (upload.ended || (after !== undefined && upload.units.count >= after)) return
      await this.#progress()
    }
  }

  /** Compares until the end of the request, even if the response has ended before. */
  async watch(): Promise<void> {
    const { upload } = this.#partial
    for (;;) {
      this.#check()
      if (this.#broken || upload.ended) return
      await this.#progress()
    }
  }

  /** Waits for more of the upload. A client that has sent something else may wait for an answer to it: then it is stuck. */
  async #progress(): Promise<void> {
    const { upload } = this.#partial
    if (await upload.progress(STALL_MS)) return
    if (this.fits) await upload.progress()
    else this.#isStuck = true
  }

  #check(): void {
    if (this.#broken || this.#partial.upload.ended === 'aborted' || this.#goesOn()) return
    this.#broken = this.#hooks.diverged(this.#partial.receivedSoFar(this.#recorded))
  }

  #goesOn(): boolean {
    const { ended } = this.#partial.upload
    const { messages } = this.#partial
    if (messages && this.#messages) {
      const isShort = ended === 'whole' && messages.length < this.#messages.length
      return this.fits && !isShort
    }
    // A whole body is compared by its match key, not by its bytes: a boundary or an id may differ.
    if (ended !== 'whole') return !this.#isStuck
    const received = this.#partial.receivedSoFar(this.#recorded)
    return this.#recorded.incomplete ? samePrefix(this.#recorded, received) : this.#hooks.same(received)
  }
}
