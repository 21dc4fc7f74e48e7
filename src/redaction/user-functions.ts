import { RedactionError } from '../errors/redaction-error.ts'
import type { Exchange, HeaderPairs } from '../exchange/exchange.ts'

/**
 * Runs the user's functions in order on an exchange that is already redacted. Throws `RedactionError` if a function throws or
 * does not return an exchange. Then nothing is written.
 */
export function applyFunctions(
  functions: readonly ((exchange: Exchange) => Exchange)[],
  exchange: Exchange,
): Exchange {
  return functions.reduce((current, redact, index) => {
    const place = `redact.functions[${index}]${redact.name === '' ? '' : ` (${redact.name})`}`
    const result = call(redact, current, place)
    const problem = problemOf(result)
    if (problem === undefined) return result as Exchange
    throw new RedactionError(
      `${place} must return an exchange, but ${problem}. Nothing of this exchange was written.`,
    )
  }, exchange)
}

function call(redact: (exchange: Exchange) => Exchange, exchange: Exchange, place: string): unknown {
  try {
    return redact(exchange)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new RedactionError(`${place} threw: ${said}. Nothing of this exchange was written.`, {
      cause: error,
    })
  }
}

/** The reason why the value is not an exchange. The error message puts it after "but". */
function problemOf(value: unknown): string | undefined {
  if (!isObject(value)) return `it returned ${value === null ? 'null' : typeof value}`
  if (typeof value['then'] === 'function') return 'it returned a promise (functions must be synchronous)'
  const { request, response, failure, recordedAt } = value
  if (typeof recordedAt !== 'string') return '`recordedAt` is not a string'
  if (!isObject(request)) return '`request` is missing'
  if (typeof request['method'] !== 'string' || typeof request['url'] !== 'string')
    return '`request.method` or `request.url` is not a string'
  if (!URL.canParse(request['url'])) return '`request.url` is not a URL'
  if (!isHeaders(request['headers'])) return '`request.headers` is not a list of [name, value]'
  if (request['body'] !== null && !(request['body'] instanceof Uint8Array))
    return '`request.body` is neither bytes nor null'
  if (failure !== undefined && (!isObject(failure) || typeof failure['message'] !== 'string'))
    return '`failure` has no message'
  return response === undefined ? undefined : problemOfResponse(response)
}

function problemOfResponse(response: unknown): string | undefined {
  if (!isObject(response)) return '`response` is not an object'
  const { status, headers, chunks, delayMs, trailers } = response
  if (!Number.isInteger(status) || (status as number) < 100 || (status as number) > 999)
    return '`response.status` is not an HTTP status'
  if (!isHeaders(headers)) return '`response.headers` is not a list of [name, value]'
  if (trailers !== undefined && !isHeaders(trailers))
    return '`response.trailers` is not a list of [name, value]'
  if (typeof delayMs !== 'number') return '`response.delayMs` is not a number'
  const isChunk = (chunk: unknown): boolean =>
    isObject(chunk) && chunk['data'] instanceof Uint8Array && typeof chunk['delayMs'] === 'number'
  if (!Array.isArray(chunks) || !chunks.every(isChunk))
    return '`response.chunks` is not a list of {data, delayMs}'
  return undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isHeaders(value: unknown): value is HeaderPairs {
  return (
    Array.isArray(value) &&
    value.every(
      (pair: unknown) =>
        Array.isArray(pair) &&
        pair.length === 2 &&
        typeof pair[0] === 'string' &&
        typeof pair[1] === 'string',
    )
  )
}
