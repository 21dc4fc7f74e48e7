import { headerValue } from '../../exchange/headers.ts'
import { comparableMessage } from '../../exchange/request-units.ts'
import type { ExchangeRequest } from '../../exchange/exchange.ts'
import { decodeForSearch } from '../../redaction/content-decoding.ts'
import type { Upload } from './upload.ts'

/** A request whose body is still coming, redacted as in a recording. */
export class PartialRequest {
  readonly upload: Upload
  readonly contentType: string | undefined
  readonly #head: Omit<ExchangeRequest, 'body'>
  readonly #redact: (request: ExchangeRequest) => ExchangeRequest
  readonly #messages: string[] = []
  /** The result of the last redaction. It is used again until more of the body comes. */
  #received:
    | {
        readonly length: number
        readonly contentDecoded: true | undefined
        readonly request: ExchangeRequest
      }
    | undefined

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

  /** The request with the body received so far. Content-decoded if the body of `recorded` is. */
  receivedSoFar({ contentDecoded }: ExchangeRequest): ExchangeRequest {
    const body = this.upload.bytes
    const known = this.#received
    if (known?.length === body.length && known.contentDecoded === contentDecoded) return known.request
    const request = this.#redacted(body, contentDecoded)
    this.#received = { length: body.length, contentDecoded, request }
    return request
  }

  #redacted(body: Uint8Array, contentDecoded: true | undefined): ExchangeRequest {
    const request = { ...this.#head, body }
    if (!contentDecoded) return this.#redact(request)
    return this.#redact({
      ...request,
      body: decodeForSearch(request.body, request) ?? new Uint8Array(),
      contentDecoded,
    })
  }

  /** The whole messages so far, in the form in which they are compared; `undefined`: the body has no messages. */
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
