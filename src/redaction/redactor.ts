import { defined } from '../base/defined.ts'
import { RedactionError } from '../errors/redaction-error.ts'
import { plainGrpcRequest, plainGrpcResponse } from '../exchange/content-encoding/grpc-content.ts'
import { contentTypeOf, headerValue } from '../exchange/headers.ts'
import type {
  Exchange,
  ExchangeRequest,
  ExchangeResponse,
  FrameContent,
  MessageReader,
  MessageReaders,
} from '../exchange/exchange.ts'
import { withoutForeign } from './given/foreign.ts'
import { withForms } from './given/with-forms.ts'
import type { Giver, GivenValues } from './given/given-values.ts'
import type { BodyContext } from './bodies/bodies.ts'
import { redactBody } from './bodies/bodies.ts'
import { isReadable, oneChunk, splitChunks, wholeBody, withData } from './parts/chunks.ts'
import { redactLarge } from './bodies/large.ts'
import { decodeForSearch } from './content-decoding.ts'
import { environmentSecrets, isUnmistakable } from './environment-secrets.ts'
import { redactRequestHeaders, redactResponseHeaders } from './parts/headers.ts'
import { type ContentKind, contentKindOf } from './model-content.ts'
import { createLiteralSearch } from './search/literal-search.ts'
import { redactMessage } from './parts/error-messages.ts'
import type { RedactList, RedactOptions } from './options.ts'
import { compileRules } from './options.ts'
import { createTextSearch } from './search/text-search.ts'
import type { UrlRedaction } from './parts/urls.ts'
import { redactUrl } from './parts/urls.ts'
import { applyFunctions } from './user-functions.ts'
import { redactFrame, redactFrames } from './parts/websocket-frames.ts'

export interface RedactorOptions {
  /** The process's environment. The values of variables with a secret's name are searched for everywhere. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly redact?: RedactOptions | RedactList
  /**
   * Times that the clocks show now, ms since 1970: such a time in the query is one of the request. Absent: any time from 2000
   * to 2100 may be one.
   */
  readonly clocks?: () => readonly number[]
  /** Request headers that count in the key, in lower case: they are stored. */
  readonly matchedHeaders?: readonly string[]
  /** What servers gave in the session so far. Absent: nothing is known of that, and nothing is learned. */
  readonly given?: GivenValues
}

/** Where an exchange stands in its session. */
export interface InSession {
  /** What names the values that its answer gives. */
  readonly giver: Giver
  /** Its place among the requests that were sent. */
  readonly index: number
}

/**
 * Removes secrets from everything that will be written, printed or compared. Does not change its arguments. Redacting a second
 * time changes nothing.
 */
export interface Redactor {
  /**
   * The request as it is stored, and as both sides of a match are compared. The result depends only on the request, the
   * options and the secrets of the environment. It does not depend on the values of those secrets: a request that was
   * recorded with one key matches the same request with another.
   * @param readers read the messages of a gRPC call, so that their fields have names
   * @throws {RedactionError} if a function of the user fails, or if the request is not a request
   */
  request(request: ExchangeRequest, readers?: MessageReaders): ExchangeRequest
  /**
   * The exchange as it is written. Keeps chunks and their delays. If nothing is left of a chunk, the next one gets its delay.
   * `content-length` does not change.
   * @param stored what `request` made of the exchange's request, which is then not redacted again, unless a secret has become
   * known since. A function of the user sees the whole exchange at once, so it gets the request anew.
   * @param at learns what the answer gives, and knows what had been given when the request was sent
   * @throws {RedactionError} if a function of the user fails
   */
  exchange(exchange: Exchange, readers?: MessageReaders, stored?: ExchangeRequest, at?: InSession): Exchange
  /** Learns what an answer has given so far. */
  learn(exchange: Exchange, giver: Giver): void
  /** A message of a WebSocket client, as `exchange` would store it. */
  frame(frame: FrameContent, request: ExchangeRequest): FrameContent
  /** For error messages, miss reports, logs and warnings. */
  text(text: string): string
}

/** @throws {CassetteOptionError} if an option is wrong */
export function createRedactor(options: RedactorOptions): Redactor {
  const rules = compileRules(options.redact, options.matchedHeaders, options.given)
  const { given: givenValues } = rules
  const known = environmentSecrets(options.env, rules.keep)
  const secrets = [...known, ...rules.literals]
  const words = new Set(known.filter((one) => !isUnmistakable(one) && !rules.literals.includes(one)))
  const search = createTextSearch(createLiteralSearch(secrets, words), rules.patterns, givenValues.search)
  const urls: UrlRedaction = {
    rules,
    search,
    hostSecrets: secrets.map((secret) => secret.toLowerCase()),
    ...defined({ moments: options.clocks }),
  }

  function bodyContext(request: ExchangeRequest, read?: MessageReader): BodyContext {
    const path = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#]*)?([^?#]*)/i.exec(request.url)?.[1] ?? ''
    let kind: ContentKind | undefined
    const content = (): ContentKind => (kind ??= contentKindOf(request))
    return { rules, search, urlPath: path.toLowerCase(), content, ...defined({ read }) }
  }

  function redactRequest(given: ExchangeRequest, read?: MessageReader, at = urls): ExchangeRequest {
    const request = withoutForeign(plainGrpcRequest(given), givenValues)
    const { headers, body } = request
    const stored = {
      ...request,
      url: redactUrl(request.url, at),
      headers: redactRequestHeaders(headers, at),
    }
    if (body === null || body.length === 0) return stored
    const readable = decodeForSearch(body, request)
    const whole = readable ?? body
    const type = contentTypeOf(headers)
    const [large] = redactLarge([whole], type, search) ?? []
    const redacted = large ?? redactBody({ bytes: whole, cuts: [] }, type, bodyContext(request, read)).bytes
    if (redacted === whole) return stored
    return { ...stored, body: redacted, ...defined({ contentDecoded: readable && (true as const) }) }
  }

  function redactResponse(
    given: ExchangeResponse,
    request: ExchangeRequest,
    read?: MessageReader,
  ): ExchangeResponse {
    const response = plainGrpcResponse(given)
    const { headers, reason, trailers, informational, frames } = response
    const stored: ExchangeResponse = {
      ...response,
      ...defined({ reason: reason === undefined ? undefined : search.redactString(reason) }),
      headers: redactResponseHeaders(headers, urls, headerValue(request.headers, 'sec-websocket-protocol')),
      ...defined({ trailers: trailers && redactResponseHeaders(trailers, urls) }),
      ...defined({
        informational: informational?.map((one) => ({
          ...one,
          headers: redactResponseHeaders(one.headers, urls),
        })),
      }),
      ...defined({ frames: frames && redactFrames(frames, bodyContext(request, read)) }),
    }
    const pieces = response.chunks.map(({ data }) => data)
    const large = isReadable(response) && redactLarge(pieces, contentTypeOf(headers), search)
    if (large) return large === pieces ? stored : { ...stored, chunks: withData(response.chunks, large) }
    const whole = wholeBody(response.chunks)
    if (whole.bytes.length === 0) return stored
    const readable = decodeForSearch(whole.bytes, response)
    const source = readable === undefined ? whole : { bytes: readable, cuts: [readable.length] }
    const redacted = redactBody(source, contentTypeOf(headers), {
      ...bodyContext(request, read),
      isAnswer: true,
    })
    if (redacted === source) return stored
    const chunks = splitChunks(
      redacted,
      readable === undefined ? response.chunks : [oneChunk(response.chunks)],
    )
    return { ...stored, chunks, ...defined({ contentDecoded: readable && (true as const) }) }
  }

  /** Both the moment of recording and the clocks of the program count, which may have set its own. */
  function momentOf({ recordedAt }: Exchange): UrlRedaction {
    const { clocks } = options
    return clocks === undefined ? urls : { ...urls, moments: () => [...clocks(), Date.parse(recordedAt)] }
  }

  function redactExchange(
    exchange: Exchange,
    readers?: MessageReaders,
    stored?: ExchangeRequest,
    at?: InSession,
  ): Exchange {
    const { request, response, failure } = exchange
    // A client that is answered while it sends may send what it has just been given.
    const index = response?.after === undefined ? at?.index : undefined
    const learned =
      response &&
      givenValues.learning(at?.giver, () => {
        const before = givenValues.size
        const redacted = redactResponse(response, request, readers?.response)
        // A value that its name hides at one place may stand at others before it.
        return givenValues.size === before ? redacted : redactResponse(response, request, readers?.response)
      })
    return {
      ...exchange,
      request:
        stored ??
        givenValues.asOf(index ?? Infinity, () =>
          redactRequest(request, readers?.request, momentOf(exchange)),
        ),
      ...defined({
        response: learned && withForms(learned, givenValues, search),
        failure: failure && { ...failure, message: redactMessage(failure.message, urls) },
      }),
    }
  }

  const { functions } = rules
  /** Results of this redactor: one that knew other secrets may have left some. */
  const made = new WeakMap<ExchangeRequest, number>()
  return {
    request(request, readers) {
      const redacted = guarded(() => redactRequest(request, readers?.request))
      if (functions.length === 0) {
        made.set(redacted, givenValues.size)
        return redacted
      }
      return applyFunctions(functions, { recordedAt: new Date(0).toISOString(), request: redacted }).request
    },
    exchange(exchange, readers, stored, at) {
      const isCurrent = stored && made.get(stored) === givenValues.size
      return applyFunctions(
        functions,
        guarded(() => redactExchange(exchange, readers, isCurrent ? stored : undefined, at)),
      )
    },
    learn(exchange, giver) {
      const { request, response } = exchange
      if (response) givenValues.learning(giver, () => guarded(() => redactResponse(response, request)))
    },
    frame(frame, request) {
      const redacted = guarded(() => redactFrame(frame, bodyContext(request)))
      if (functions.length === 0) return redacted
      const frames = [{ from: 'client' as const, delayMs: 0, ...redacted }]
      const response = { status: 101, headers: [], delayMs: 0, chunks: [], frames }
      const recordedAt = new Date(0).toISOString()
      return applyFunctions(functions, { recordedAt, request, response }).response?.frames?.[0] ?? redacted
    },
    text: (text) => redactMessage(text, urls),
  }
}

/** Makes any failure a `RedactionError`: what is not redacted must not be written. */
function guarded<T>(redact: () => T): T {
  try {
    return redact()
  } catch (error) {
    if (error instanceof RedactionError) throw error
    throw new RedactionError('An exchange could not be redacted, so nothing of it was written.', {
      cause: error,
    })
  }
}
