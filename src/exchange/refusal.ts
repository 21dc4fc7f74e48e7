import type { Refuse } from './gate.ts'
import { isGrpc } from './wire/grpc-frame.ts'
import { headerValue } from './headers.ts'
import type { HeaderPairs } from './exchange.ts'

/** Headers of SDKs that retry transport errors. */
const RETRYING = ['x-stainless-lang', 'x-fern-language', 'amz-sdk-invocation-id', 'x-goog-api-client']
const RETRYING_AGENTS =
  /\b(openai|anthropic|groq|cohere|mistral|speakeasy|google-genai|aws-sdk|langchain|ai-sdk|ollama|together)\b|^ai\//i

const retries = (headers: HeaderPairs): boolean =>
  RETRYING.some((name) => headerValue(headers, name) !== undefined) ||
  RETRYING_AGENTS.test(headerValue(headers, 'user-agent') ?? '')

/** gRPC's FAILED_PRECONDITION: clients retry UNAVAILABLE, and some RESOURCE_EXHAUSTED or ABORTED, but never this. */
const FAILED_PRECONDITION = '9'
/** gRPC clients accept at least 8 KiB of metadata: this header and the others together. */
const MAX_STATUS_MESSAGE = 7000

/** Percent-encoded as gRPC asks for `grpc-message` ("Responses", Percent-Encoded). The end of a long text is left out. */
function statusMessage(text: string): string {
  let message = ''
  for (const character of text.toWellFormed()) {
    const plain = character >= ' ' && character <= '~' && character !== '%'
    const next = plain ? character : encodeURIComponent(character)
    if (message.length + next.length > MAX_STATUS_MESSAGE) break
    message += next
  }
  return message
}

/** A gRPC status without a message ("Trailers-Only"). */
function grpcRefusal(error: Error, contentType: string): Refuse {
  return {
    kind: 'refuse',
    error,
    reply: {
      status: 200,
      headers: [
        ['content-type', contentType],
        ['grpc-status', FAILED_PRECONDITION],
        ['grpc-message', statusMessage(error.message)],
      ],
      delayMs: 0,
      chunks: [],
    },
  }
}

/**
 * Refuses a request so that its client fails at once. A client that passes transport errors on gets `error`. A client that
 * would retry them gets a 400 with the same text. A gRPC client gets a status.
 */
export function refusal(error: Error & { code?: string }, headers: HeaderPairs): Refuse {
  const contentType = headerValue(headers, 'content-type')
  if (contentType !== undefined && isGrpc(contentType)) return grpcRefusal(error, contentType)
  if (!retries(headers)) return { kind: 'refuse', error }
  const code = error.code ?? 'CASSETTE_MISS'
  const { message } = error
  const body = Buffer.from(JSON.stringify({ type: 'error', message, error: { type: code, code, message } }))
  return {
    kind: 'refuse',
    error,
    reply: {
      status: 400,
      headers: [
        ['content-type', 'application/json'],
        ['content-length', String(body.byteLength)],
        ['x-should-retry', 'false'],
        ['x-amzn-errortype', code],
      ],
      delayMs: 0,
      chunks: [{ data: body, delayMs: 0 }],
    },
  }
}
