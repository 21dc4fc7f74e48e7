import { headerValue } from '../../exchange/headers.ts'
import { comparableMessage, requestUnits } from '../../exchange/request-units.ts'
import type { ExchangeRequest } from '../../exchange/exchange.ts'
import { decodeForSearch } from '../../redaction/content-decoding.ts'
import { samePrefix } from './same-prefix.ts'
import type { Upload } from './upload.ts'

/** A request on its way, as a recording would have it. */
export class Asking {
  readonly upload: Upload
  readonly contentType: string | undefined
  readonly #head: Omit<ExchangeRequest, 'body'>
  readonly #redact: (request: ExchangeRequest) => ExchangeRequest
  readonly #messages: string[] = []

  constructor(
    head: Omit<ExchangeRequest, 'body'>,
    upload: Upload,
    redact: (request: ExchangeRequest) => ExchangeRequest,
  ) {
    this.#head = head
    this.upload = upload
    this.#redact = redact
    this.contentType = headerValue(head.headers, 'content-type')
  }

  /** The request with all that has come of its body, decoded where that of `recorded` is. */
  sofar({ contentDecoded }: ExchangeRequest): ExchangeRequest {
    const request = { ...this.#head, body: this.upload.bytes }
    if (!contentDecoded) return this.#redact(request)
    return this.#redact({
      ...request,
      body: decodeForSearch(request.body, request) ?? new Uint8Array(),
      contentDecoded,
    })
  }

  /** The messages that are whole, each as it is compared; `undefined`: the body has none. */
  get messages(): readonly string[] | undefined {
    const { messages } = this.upload.units
    if (!messages) return undefined
    for (const message of messages.slice(this.#messages.length)) {
      const { body } = this.#redact({ ...this.#head, body: message })
      this.#messages.push(comparableMessage(body ?? message, this.contentType))
    }
    return this.#messages
  }
}

export interface ConversationHooks {
  /** Whether the whole request is the recorded one. */
  same(request: ExchangeRequest): boolean
  /** The error to break off with. Called once. */
  diverged(request: ExchangeRequest): Promise<Error>
}

/** Long for a body that is being sent, ms; short for somebody who waits for a miss. */
const STALL_MS = 1000

/** A recording that is played while the client is still sending: what it sends is held against what was recorded. */
export class Conversation {
  readonly #recorded: ExchangeRequest
  readonly #messages: readonly string[] | undefined
  readonly #asking: Asking
  readonly #hooks: ConversationHooks
  #compared = 0
  /** What has come is not how the recording begins, and nothing more comes. */
  #isStuck = false
  #broken: Promise<Error> | undefined

  constructor(recorded: ExchangeRequest, asking: Asking, hooks: ConversationHooks) {
    this.#recorded = recorded
    this.#asking = asking
    this.#hooks = hooks
    const contentType = headerValue(recorded.headers, 'content-type')
    const units = requestUnits(contentType)
    if (recorded.body) units.write(recorded.body)
    this.#messages = units.messages?.map((message) => comparableMessage(message, contentType))
  }

  /** Whether what has come so far is how the recorded request began. */
  get fits(): boolean {
    const { messages } = this.#asking
    if (!messages || !this.#messages) return samePrefix(this.#recorded, this.#asking.sofar(this.#recorded))
    for (; this.#compared < Math.min(messages.length, this.#messages.length); this.#compared++) {
      if (messages[this.#compared] !== this.#messages[this.#compared]) return false
    }
    return messages.length <= this.#messages.length || this.#recorded.incomplete === true
  }

  /** See `Replay.turn`. */
  async turn(after: number | undefined): Promise<void> {
    const { upload } = this.#asking
    for (;;) {
      this.#check()
      if (this.#broken) throw await this.#broken
      if (upload.ended || (after !== undefined && upload.units.count >= after)) return
      await this.#progress()
    }
  }

  /** Holds on to the end of the request, also when the answer has ended before. */
  async watch(): Promise<void> {
    const { upload } = this.#asking
    for (;;) {
      this.#check()
      if (this.#broken || upload.ended) return
      await this.#progress()
    }
  }

  /** @note A client that waits behind something else than was recorded would wait for ever. */
  async #progress(): Promise<void> {
    const { upload } = this.#asking
    if (await upload.progress(STALL_MS)) return
    if (this.fits) await upload.progress()
    else this.#isStuck = true
  }

  #check(): void {
    if (this.#broken || this.#asking.upload.ended === 'aborted' || this.#goesOn()) return
    this.#broken = this.#hooks.diverged(this.#asking.sofar(this.#recorded))
  }

  #goesOn(): boolean {
    const { ended } = this.#asking.upload
    const { messages } = this.#asking
    if (messages && this.#messages) {
      const isShort = ended === 'whole' && messages.length < this.#messages.length
      return this.fits && !isShort
    }
    // Of a body without messages the whole says more than its bytes do: a boundary or an id may be another one.
    if (ended !== 'whole') return !this.#isStuck
    const sofar = this.#asking.sofar(this.#recorded)
    return this.#recorded.incomplete ? samePrefix(this.#recorded, sofar) : this.#hooks.same(sofar)
  }
}
