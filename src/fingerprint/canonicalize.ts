import { defined } from '../base/defined.ts'
import { present } from '../providers/requests/fields.ts'
import { parseRequest } from '../providers/requests/parse.ts'
import { providerFor } from '../providers/registry.ts'
import type {
  CanonicalRequest,
  MatchRequest,
  Operation,
  ParsedRequest,
  ReadOptions,
} from '../providers/types.ts'
import { choosingHeaders, choosingValue, numberedHeaders } from '../providers/requests/choosing-headers.ts'
import { plainName } from '../providers/requests/credentials.ts'
import { hasHeaders, isPlain } from './operations.ts'

export interface MatchOptions {
  /**
   * Names of canonical fields (see docs/matching.md), in the spelling of any API. Only these fields count, in addition to
   * method, path, operation and wire format. If absent or `['*']`, the default list of the operation counts.
   */
  readonly matchOn?: readonly string[]
  /**
   * Names of query parameters and body fields that count even if their value looks like a credential, an id or a time of the
   * one request. A cassette gives the names of `redact.keep`.
   */
  readonly keep?: readonly string[]
  /**
   * Times that the clocks showed at the request, ms since 1970: a time within an hour of one of them does not count in fields
   * such as `timestamp`. If absent, any time from 2000 to 2100 does not count there.
   */
  readonly moments?: readonly number[]
}

/** How a request is read for these options. */
export const readOptions = ({ matchOn, keep, moments }: MatchOptions): ReadOptions => ({
  keep: new Set(matchOn),
  counted: new Set(keep?.map(plainName)),
  ...defined({ moments }),
})

/**
 * The request, reduced to what determines the answer. Volatile fields are dropped unless `matchOn` names them. Throws
 * `TypeError` if the URL is not absolute.
 */
export function canonicalize(request: MatchRequest, options: MatchOptions = {}): CanonicalRequest {
  return canonicalizeParsed(parseRequest(request, readOptions(options)))
}

export function canonicalizeParsed(parsed: ParsedRequest): CanonicalRequest {
  const provider = providerFor(parsed)
  const op = provider.operation(parsed)
  const route = provider.route?.(parsed) ?? { path: parsed.path }
  const { fields, stream, background, alt } = provider.canonicalize(parsed)
  return {
    // In a form or a body of an unknown API, `null` and the empty list may have a meaning.
    ...(isPlain(op) ? fields : present(fields)),
    method: parsed.method,
    ...(isPlain(op) || parsed.keep.has('host') ? { host: parsed.host } : {}),
    path: route.path,
    op,
    api: provider.api,
    stream: stream === true,
    ...(background === true ? { background } : {}),
    ...defined({ alt, headers: headersOf(parsed, op) }),
  }
}

const HEADER = 'headers.'

/** The names of headers that a `matchOn` list adds, in lower case. */
export const namedHeaders = (names: Iterable<string>): string[] =>
  [...names].filter((name) => name.startsWith(HEADER)).map((name) => name.slice(HEADER.length).toLowerCase())

/** The headers that choose the answer, and those that `matchOn` names. */
function headersOf({ headers, keep }: ParsedRequest, op: Operation): CanonicalRequest['headers'] {
  const found: Record<string, string | true> = {
    ...(hasHeaders(op) && choosingHeaders(headers)),
    ...(isPlain(op) && numberedHeaders(headers)),
  }
  for (const name of namedHeaders(keep)) {
    const value = headers.get(name)
    if (value !== undefined) found[name] = choosingValue(name, value) ?? value.trim()
  }
  return Object.keys(found).length === 0 ? undefined : found
}
