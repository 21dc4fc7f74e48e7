import { CassetteError } from '../errors/cassette-error.ts'
import { CassetteMiss } from '../errors/cassette-miss.ts'
import type { HeaderPairs } from '../exchange/exchange.ts'

/** A response that tells an error in the form of the API that was asked. */
export interface ErrorReply {
  readonly status: number
  readonly headers: HeaderPairs
  readonly body: Buffer
}

/**
 * SDKs retry 408, 409, 429 and everything from 500 on. They never retry a 400, and show its message. So this is the status of
 * all that trying again does not help.
 */
const FINAL = 400
const BAD_GATEWAY = 502

/** Its code tells programs what happened: `CASSETTE_MISS` and others. */
export function errorReply(path: string, error: Error, status = FINAL): ErrorReply {
  const code = error instanceof CassetteError ? error.code : 'CASSETTE_PROXY'
  const text = { ...shaped(path, code, error.message, status), cassette: detailsOf(code, error) }
  return {
    status,
    headers: [
      ['content-type', 'application/json'],
      ['x-should-retry', 'false'],
      ['x-cassette-error', code],
      ['x-amzn-errortype', code],
    ],
    body: Buffer.from(JSON.stringify(text)),
  }
}

/** The reply to a request that could not be passed on, and is not refused by the cassette. */
export const unreachable = (path: string, target: string, error: Error): ErrorReply =>
  errorReply(
    path,
    new CassetteError(
      'CASSETTE_PROXY_TARGET',
      `The proxy got no response from ${target}: ${reasonOf(error)}`,
    ),
    BAD_GATEWAY,
  )

/** The errors of a connection that tried several addresses have no message of their own. */
const reasonOf = (error: Error): string => {
  const { code } = error as { code?: string }
  const inner = error instanceof AggregateError ? (error.errors as Error[]).map(({ message }) => message) : []
  return error.message || inner.join('; ') || (code ?? error.name)
}

function detailsOf(code: string, error: Error): Record<string, unknown> {
  if (!(error instanceof CassetteMiss)) return { code }
  const { cassettePath, mode, request, closest, differences } = error
  return {
    code,
    cassette: cassettePath,
    mode,
    request: { method: request.method, url: request.url },
    closest: closest ?? null,
    differences: differences.map(({ path, recorded, incoming }) => ({
      path,
      recorded: recorded ?? null,
      incoming: incoming ?? null,
    })),
  }
}

/** Official clients read the message from where their API puts it. */
function shaped(path: string, code: string, message: string, status: number): Record<string, unknown> {
  const [at = ''] = path.split('?', 1)
  if (/\/v1\/messages(?:\/|$)|\/v1\/complete$/.test(at))
    return { type: 'error', message, error: { type: 'invalid_request_error', message } }
  if (/:[a-z]\w+$/i.test(at)) return { error: { code: status, message, status: 'FAILED_PRECONDITION' } }
  if (/\/api\/(?:chat|generate|embed|embeddings|tags|show|pull)$/.test(at)) return { error: message }
  if (/\/model\/[^/]+\/(?:invoke|converse)/.test(at)) return { message, __type: code }
  return { message, error: { message, type: 'invalid_request_error', param: null, code } }
}
