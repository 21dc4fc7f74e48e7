import { defined } from '../base/defined.ts'
import { joinChunks } from '../base/bytes.ts'
import { decodeBody, encodeBody } from '../exchange/body/body.ts'
import type { SidecarBody } from '../exchange/body/stored-body.ts'
import { framesFromStored, framesToStored } from '../exchange/body/codecs/websocket.ts'
import { headerValue, headerValues } from '../exchange/headers.ts'
import type {
  Chunk,
  Exchange,
  ExchangeFailure,
  ExchangeRequest,
  ExchangeResponse,
  HeaderPairs,
  InformationalResponse,
  MessageReader,
  MessageReaders,
} from '../exchange/exchange.ts'
import type {
  Interaction,
  InteractionBody,
  InteractionFailure,
  InteractionRequest,
  InteractionResponse,
  StoredInformational,
  StoredMatch,
} from './interaction.ts'
import { headersFromStored, headersToStored } from './stored-headers.ts'
import { sinceToStored, withSince } from './since.ts'
import { turnsOf, withTurns } from './turns.ts'

/** Stores a body outside the interaction, if it is large. `undefined`: it belongs into the interaction. */
export type BodyStore = (chunks: readonly Chunk[]) => SidecarBody | undefined

/**
 * The interaction that holds an exchange.
 * @param exchange redacted, its bodies content-decoded if that was possible (`contentDecoded`)
 * @param readers read the messages of a gRPC call, whose JSON is stored beside them
 * @param putAside stores large bodies
 */
export function toInteraction(
  exchange: Exchange,
  match: StoredMatch,
  id: string,
  readers?: MessageReaders,
  putAside?: BodyStore,
): Interaction {
  const { request, response, failure } = exchange
  return {
    id,
    recorded_at: exchange.recordedAt,
    request: requestToInteraction(request, readers?.request, putAside),
    match,
    ...defined({
      response: response && responseToStored(response, readers?.response, putAside),
      failure: failure && failureToStored(failure),
      incomplete: exchange.incomplete === true || undefined,
      open: exchange.open === true || undefined,
      waited_ms: exchange.waitedMs,
    }),
  }
}

/**
 * A request as the file stores it.
 * @param request redacted, its body content-decoded if that was possible
 * @param read reads the messages of a gRPC call
 */
export function requestToInteraction(
  request: ExchangeRequest,
  read?: MessageReader,
  putAside?: BodyStore,
): InteractionRequest {
  const chunks = request.body === null ? [] : [{ data: request.body, delayMs: 0 }]
  const { method, url, headers, incomplete } = request
  const body = bodyToStored(chunks, request, read, putAside)
  return { method, url, headers: headersToStored(headers), ...defined({ body, incomplete }) }
}

/**
 * The exchange that an interaction holds. `contentDecoded` is set if the headers name a `content-encoding` that the stored body
 * no longer has.
 */
export function fromInteraction(interaction: Interaction): Exchange {
  return { ...answerFromInteraction(interaction), request: requestFromInteraction(interaction.request) }
}

/** The exchange that an interaction holds, without the request body: enough to replay it. */
export function answerFromInteraction(interaction: Interaction): Exchange {
  const { request, response, failure } = interaction
  const { method, url } = request
  return {
    recordedAt: interaction.recorded_at,
    request: { method, url, headers: headersFromStored(request.headers), body: null },
    ...defined({
      response: response && responseFromStored(response),
      failure: failure && failureFromStored(failure),
      incomplete: interaction.incomplete === true || undefined,
      open: interaction.open === true || undefined,
      waitedMs: interaction.waited_ms,
    }),
  }
}

const informationalToStored = ({ status, headers }: InformationalResponse): StoredInformational => ({
  status,
  headers: headersToStored(headers),
})

function responseToStored(
  response: ExchangeResponse,
  messageReader: MessageReader | undefined,
  putAside: BodyStore | undefined,
): InteractionResponse {
  const { version, informational, after } = response
  const body = response.frames
    ? framesToStored(response.frames)
    : bodyToStored(response.chunks, response, messageReader, putAside)
  const turns = turnsOf(response)
  return {
    status: response.status,
    ...defined({
      reason: response.reason,
      http_version: version,
      informational: informational?.length ? informational.map(informationalToStored) : undefined,
    }),
    headers: headersToStored(response.headers),
    ...defined({
      body,
      trailers: response.trailers && headersToStored(response.trailers),
      delay_ms: response.delayMs > 0 ? response.delayMs : undefined,
      after,
      turns,
      since: sinceToStored(response),
      forms: response.forms,
    }),
  }
}

function failureToStored({ http2Code, ...failure }: ExchangeFailure): InteractionFailure {
  return { ...failure, ...defined({ http2_code: http2Code }) }
}

/** The request that an interaction holds. */
export function requestFromInteraction(request: InteractionRequest): ExchangeRequest {
  const headers = headersFromStored(request.headers)
  return {
    method: request.method,
    url: request.url,
    headers,
    body: request.body === undefined ? null : joinChunks(decodeBody(request.body)),
    ...contentMarks(headers, request.body),
    ...(request.incomplete === true ? { incomplete: true } : {}),
  }
}

function responseFromStored(response: InteractionResponse): ExchangeResponse {
  const headers = headersFromStored(response.headers)
  const { http_version: version, informational, after, turns } = response
  const chunks = response.body === undefined ? [] : decodeBody(response.body)
  const exchanged: ExchangeResponse = {
    status: response.status,
    ...defined({ reason: response.reason, version }),
    ...defined({
      informational: informational?.map((one) => ({
        status: one.status,
        headers: headersFromStored(one.headers),
      })),
    }),
    headers,
    delayMs: response.delay_ms ?? 0,
    ...(after === undefined ? { chunks } : { after, ...withTurns(chunks, turns ?? []) }),
    ...contentMarks(headers, response.body),
    ...defined({
      trailers: response.trailers && headersFromStored(response.trailers),
      forms: response.forms,
    }),
    ...framesOf(response),
  }
  return withSince(exchanged, response.since)
}

/** A 101 has frames, even if the list is empty. */
function framesOf({ status, body }: InteractionResponse): Pick<ExchangeResponse, 'frames'> {
  if (body && 'websocket' in body) return { frames: framesFromStored(body) }
  return status === 101 ? { frames: [] } : {}
}

/** Leaves out keys that a newer version may have written. */
function failureFromStored(failure: InteractionFailure): ExchangeFailure {
  const { name, message, code, http2_code: http2Code } = failure
  return {
    name,
    message,
    ...defined({ code, http2Code }),
  }
}

/** `undefined`: no body. A body that was sent without any bytes is stored as an empty one, since its headers are stored too. */
function bodyToStored(
  chunks: readonly Chunk[],
  message: ContentMarks & { readonly headers: HeaderPairs },
  messageReader: MessageReader | undefined,
  putAside: BodyStore | undefined,
): InteractionBody | undefined {
  if (chunks.length === 0 && message.contentDecoded !== true) return undefined
  const contentType = headerValue(message.headers, 'content-type')
  const encoded = isContentCoded(message.headers) && message.contentDecoded !== true
  const hint = contentType === undefined || encoded ? {} : defined({ contentType, messageReader })
  const body = putAside?.(chunks) ?? encodeBody(chunks, hint)
  if (encoded) return { ...body, encoded: true }
  return message.bareDeflate === true ? { ...body, bare_deflate: true } : body
}

type ContentMarks = Pick<ExchangeResponse, 'contentDecoded' | 'bareDeflate'>

function contentMarks(headers: HeaderPairs, body: InteractionBody | undefined): ContentMarks {
  if (body === undefined || body.encoded === true || !isContentCoded(headers)) return {}
  return { contentDecoded: true, ...(body.bare_deflate === true ? { bareDeflate: true } : {}) }
}

function isContentCoded(headers: HeaderPairs): boolean {
  return headerValues(headers, 'content-encoding').some(
    (value) => !/^[\s,]*(?:identity[\s,]*)*$/i.test(value),
  )
}
