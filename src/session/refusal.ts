import type { Refuse } from '../exchange/answer.ts'
import { headerValue } from '../exchange/headers.ts'
import type { HeaderPairs } from '../exchange/types.ts'

/** Headers by which the SDKs that retry transport errors give themselves away (MISS.md). */
const RETRYING = ['x-stainless-lang', 'x-fern-language', 'amz-sdk-invocation-id', 'x-goog-api-client']
const RETRYING_AGENTS =
  /\b(openai|anthropic|groq|cohere|mistral|speakeasy|google-genai|aws-sdk|langchain|ai-sdk|ollama|together)\b|^ai\//i

const retries = (headers: HeaderPairs): boolean =>
  RETRYING.some((name) => headerValue(headers, name) !== undefined) ||
  RETRYING_AGENTS.test(headerValue(headers, 'user-agent') ?? '')

/**
 * Refuses a request so that its client fails at once. A client that passes transport errors on gets `error`;
 * one that would retry it, with backoff, and then bury it gets a 400 that says the same.
 */
export function refusal(error: Error & { code?: string }, headers: HeaderPairs): Refuse {
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
      body,
    },
  }
}
