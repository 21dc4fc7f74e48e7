import { defined } from '../base/defined.ts'
import { present } from '../providers/requests/fields.ts'
import { parseRequest } from '../providers/requests/parse.ts'
import { providerFor } from '../providers/registry.ts'
import type { CanonicalRequest, MatchRequest, ParsedRequest } from '../providers/types.ts'
import { isPlain } from './operations.ts'

export interface MatchOptions {
  /**
   * Names of canonical fields (see docs/matching.md), in the spelling of any API. Only these fields count, in addition to
   * method, path, operation and wire format. If absent or `['*']`, the default list of the operation counts.
   */
  readonly matchOn?: readonly string[]
}

/**
 * The request, reduced to what determines the answer. Volatile fields are dropped unless `matchOn` names them. Throws
 * `TypeError` if the URL is not absolute.
 */
export function canonicalize(request: MatchRequest, options: MatchOptions = {}): CanonicalRequest {
  return canonicalizeParsed(parseRequest(request, new Set(options.matchOn)))
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
    ...defined({ alt }),
  }
}
