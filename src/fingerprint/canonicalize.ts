import { defined } from '../base/defined.ts'
import { present } from '../providers/requests/fields.ts'
import { parseRequest } from '../providers/requests/parse.ts'
import { providerFor } from '../providers/registry.ts'
import type { CanonicalRequest, MatchRequest, ParsedRequest } from '../providers/types.ts'
import { isPlain } from './operations.ts'

export interface MatchOptions {
  /**
   * Names of canonical fields (CANONICAL section 1), in any API's spelling; exactly these count then, beside method, path,
   * operation and wire format. Absent, or `['*']`: what the operation compares by itself.
   */
  readonly matchOn?: readonly string[]
}

/**
 * The request with everything that does not determine the answer taken out. Volatile fields are dropped unless `matchOn` names
 * them. Throws `TypeError` when the URL is not absolute.
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
    // A form or a body nobody knows may mean something by `null` and by an empty list.
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
