import type { Refuse } from './gate.ts'
import { isGrpc } from './wire/grpc-frame.ts'
import { headerValue } from './headers.ts'
import type { HeaderPairs } from './exchange.ts'

/** Headers by which the SDKs that retry transport errors are known. They retry a transport error. */
const RETRYING = ['x-stainless-lang', 'x-fern-language', 'amz-sdk-invocation-id', 'x-goog-api-client']
const RETRYING_AGENTS =
  /\b(openai|anthropic|groq|cohere|mistral|speakeasy|google-genai|aws-sdk|langchain|ai-sdk|ollama|together)\b|^ai\//i

const retries = (headers: HeaderPairs): boolean =>
  RETRYING.some((name) => headerValue(headers, name) !== undefined) ||
  RETRYING_AGENTS.test(headerValue(headers, 'user-agent') ?? '')

/** gRPC's FAILED_PRECONDITION: clients retry UNAVAILABLE, and some RESOURCE_EXHAUSTED or ABORTED, but this never. */
const FAILED_PRECONDITION = '9'
/** gRPC asks for 8 KiB of metadata at least to be taken, this header and the others together. */
const MAX_STATUS_MESSAGE = 7000

/** As gRPC writes a `grpc-message` ("Responses", Percent-Encoded), its end left out where it is long. */
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
 * Refuses a request so that its client fails at once. A client that passes transport errors on gets `error`;
 * one that would retry it, with backoff, and then bury it gets a 400 that says the same, and a gRPC client a status.
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
