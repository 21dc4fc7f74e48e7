import { decodeBody, encodeBody } from '../exchange/body.ts'
import { headerValue, headerValues } from '../exchange/headers.ts'
import type { Chunk, Exchange, ExchangeFailure, ExchangeResponse, HeaderPairs } from '../exchange/types.ts'
import type {
  Interaction,
  InteractionBody,
  InteractionFailure,
  InteractionRequest,
  InteractionResponse,
  StoredMatch,
} from './interaction.ts'
import { headersFromStored, headersToStored } from './stored-headers.ts'

/**
 * The interaction that holds an exchange.
 * @param exchange redacted, its bodies content-decoded where that was possible (`contentDecoded`).
 */
export function toInteraction(exchange: Exchange, match: StoredMatch, id: string): Interaction {
  const { request, response, failure } = exchange
  const chunks = request.body === null ? [] : [{ data: request.body, delayMs: 0 }]
  const requestBody = bodyToStored(chunks, request)
  return {
    id,
    recorded_at: exchange.recordedAt,
    request: {
      method: request.method,
      url: request.url,
      headers: headersToStored(request.headers),
      ...(requestBody === undefined ? {} : { body: requestBody }),
    },
    match,
    ...(response === undefined ? {} : { response: responseToStored(response) }),
    ...(failure === undefined ? {} : { failure: { ...failure } }),
    ...(exchange.incomplete === true ? { incomplete: true } : {}),
  }
}

/**
 * The exchange an interaction holds; `contentDecoded` is set where its headers name a `content-encoding` that the
 * stored body no longer has.
 */
export function fromInteraction(interaction: Interaction): Exchange {
  const { request, response, failure } = interaction
  return {
    recordedAt: interaction.recorded_at,
    request: requestFromStored(request),
    ...(response === undefined ? {} : { response: responseFromStored(response) }),
    ...(failure === undefined ? {} : { failure: failureFromStored(failure) }),
    ...(interaction.incomplete === true ? { incomplete: true } : {}),
  }
}

function responseToStored(response: ExchangeResponse): InteractionResponse {
  const body = bodyToStored(response.chunks, response)
  return {
    status: response.status,
    ...(response.reason === undefined ? {} : { reason: response.reason }),
    headers: headersToStored(response.headers),
    ...(body === undefined ? {} : { body }),
    ...(response.trailers === undefined ? {} : { trailers: headersToStored(response.trailers) }),
    ...(response.delayMs > 0 ? { delay_ms: response.delayMs } : {}),
  }
}

function requestFromStored(request: InteractionRequest): Exchange['request'] {
  const headers = headersFromStored(request.headers)
  return {
    method: request.method,
    url: request.url,
    headers,
    body: request.body === undefined ? null : concatenated(decodeBody(request.body)),
    ...(isContentDecoded(headers, request.body) ? { contentDecoded: true } : {}),
  }
}

function responseFromStored(response: InteractionResponse): ExchangeResponse {
  const headers = headersFromStored(response.headers)
  return {
    status: response.status,
    ...(response.reason === undefined ? {} : { reason: response.reason }),
    headers,
    delayMs: response.delay_ms ?? 0,
    chunks: response.body === undefined ? [] : decodeBody(response.body),
    ...(isContentDecoded(headers, response.body) ? { contentDecoded: true } : {}),
    ...(response.trailers === undefined ? {} : { trailers: headersFromStored(response.trailers) }),
  }
}

/** Without the keys that a newer version may have put there. */
function failureFromStored(failure: InteractionFailure): ExchangeFailure {
  const { name, message, code } = failure
  return { name, message, ...(code === undefined ? {} : { code }) }
}

/** `undefined`: no body. An empty one that was sent as such is kept: its framing headers were. */
function bodyToStored(
  chunks: readonly Chunk[],
  message: { readonly headers: HeaderPairs; readonly contentDecoded?: true },
): InteractionBody | undefined {
  if (chunks.length === 0 && message.contentDecoded !== true) return undefined
  const contentType = headerValue(message.headers, 'content-type')
  const encoded = isContentCoded(message.headers) && message.contentDecoded !== true
  const body = encodeBody(chunks, contentType === undefined || encoded ? {} : { contentType })
  return encoded ? { ...body, encoded: true } : body
}

function isContentDecoded(headers: HeaderPairs, body: InteractionBody | undefined): boolean {
  return body !== undefined && body.encoded !== true && isContentCoded(headers)
}

function isContentCoded(headers: HeaderPairs): boolean {
  return headerValues(headers, 'content-encoding').some(
    (value) => !/^[\s,]*(?:identity[\s,]*)*$/i.test(value),
  )
}

function concatenated(chunks: readonly Chunk[]): Uint8Array {
  const [first] = chunks
  return chunks.length === 1 && first !== undefined
    ? first.data
    : Buffer.concat(chunks.map(({ data }) => data))
}
