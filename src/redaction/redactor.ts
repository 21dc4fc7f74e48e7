import { defined } from '../base/defined.ts'
import { joinChunks } from '../base/bytes.ts'
import { RedactionError } from '../errors/redaction-error.ts'
import { plainGrpcRequest, plainGrpcResponse } from '../exchange/content-encoding/grpc-content.ts'
import { contentTypeOf, headerValue } from '../exchange/headers.ts'
import type {
  Chunk,
  Exchange,
  ExchangeRequest,
  ExchangeResponse,
  FrameContent,
  MessageReader,
  MessageReaders,
} from '../exchange/exchange.ts'
import { sinceOf } from '../exchange/since.ts'
import type { BodyContext } from './bodies/bodies.ts'
import { redactBody } from './bodies/bodies.ts'
import type { CutBytes } from './edits.ts'
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
   * @throws {RedactionError} if a function of the user fails
   */
  exchange(exchange: Exchange, readers?: MessageReaders, stored?: ExchangeRequest): Exchange
  /** A message of a WebSocket client, as `exchange` would store it. */
  frame(frame: FrameContent, request: ExchangeRequest): FrameContent
  /** For error messages, miss reports, logs and warnings. */
  text(text: string): string
}

/** @throws {CassetteOptionError} if an option is wrong */
export function createRedactor(options: RedactorOptions): Redactor {
  const rules = compileRules(options.redact, options.matchedHeaders)
  const known = environmentSecrets(options.env, rules.keep)
  const secrets = [...known, ...rules.literals]
  const words = new Set(known.filter((one) => !isUnmistakable(one) && !rules.literals.includes(one)))
  const search = createTextSearch(createLiteralSearch(secrets, words), rules.patterns)
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
    const request = plainGrpcRequest(given)
    const { headers, body } = request
    const stored = {
      ...request,
      url: redactUrl(request.url, at),
      headers: redactRequestHeaders(headers, at),
    }
    if (body === null || body.length === 0) return stored
    const readable = decodeForSearch(body, request)
    const source: CutBytes = { bytes: readable ?? body, cuts: [] }
    const redacted = redactBody(source, contentTypeOf(headers), bodyContext(request, read))
    if (redacted === source) return stored
    return { ...stored, body: redacted.bytes, ...defined({ contentDecoded: readable && (true as const) }) }
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
    const whole = wholeBody(response.chunks)
    if (whole.bytes.length === 0) return stored
    const readable = decodeForSearch(whole.bytes, response)
    const source = readable === undefined ? whole : { bytes: readable, cuts: [readable.length] }
    const redacted = redactBody(source, contentTypeOf(headers), bodyContext(request, read))
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

  function redactExchange(exchange: Exchange, readers?: MessageReaders, stored?: ExchangeRequest): Exchange {
    const { request, response, failure } = exchange
    return {
      ...exchange,
      request: stored ?? redactRequest(request, readers?.request, momentOf(exchange)),
      ...defined({
        response: response && redactResponse(response, request, readers?.response),
        failure: failure && { ...failure, message: redactMessage(failure.message, urls) },
      }),
    }
  }

  const { functions } = rules
  /** Results of this redactor: one that knew other secrets may have left some. */
  const made = new WeakSet<ExchangeRequest>()
  return {
    request(request, readers) {
      const redacted = guarded(() => redactRequest(request, readers?.request))
      if (functions.length === 0) {
        made.add(redacted)
        return redacted
      }
      return applyFunctions(functions, { recordedAt: new Date(0).toISOString(), request: redacted }).request
    },
    exchange: (exchange, readers, stored) =>
      applyFunctions(
        functions,
        guarded(() => redactExchange(exchange, readers, stored && made.has(stored) ? stored : undefined)),
      ),
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
    throw new RedactionError('An exchange could not be redacted, so nothing of it was written.', {
      cause: error,
    })
  }
}

/** The whole body, with the ends of the chunks. A single chunk is not copied. */
function wholeBody(chunks: readonly Chunk[]): CutBytes {
  const [first] = chunks
  let end = 0
  const cuts = chunks.map(({ data }) => (end += data.length))
  if (first === undefined) return { bytes: new Uint8Array(), cuts }
  return { bytes: joinChunks(chunks), cuts }
}

function splitChunks({ bytes, cuts }: CutBytes, originals: readonly Chunk[]): Chunk[] {
  const chunks: Chunk[] = []
  let start = 0
  let delayMs = 0
  let held: string[] = []
  for (const [index, original] of originals.entries()) {
    const end = cuts[index] ?? bytes.length
    delayMs += original.delayMs
    held.push(...(original.since ?? []))
    if (end === start && original.data.length > 0) continue
    chunks.push({ ...original, data: bytes.subarray(start, end), delayMs, ...sinceOf(held) })
    start = end
    delayMs = 0
    held = []
  }
  return chunks
}

function oneChunk(chunks: readonly Chunk[]): Chunk {
  const [first] = chunks
  if (first === undefined) throw new RedactionError('A response without chunks has a body.')
  return first
}
