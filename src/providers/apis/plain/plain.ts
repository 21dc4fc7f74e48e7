import { defined } from '../../../base/defined.ts'
import { comparableBody } from '../../../exchange/request-units.ts'
import { isObject, type JsonObject, type JsonValue, set } from '../../json/json.ts'
import { withoutRpcIds } from '../../json/json-rpc.ts'
import { canonicalQuery } from '../../requests/location.ts'
import { sha256 } from '../../chat/media.ts'
import { plainRoute } from '../../requests/routes.ts'
import type { Canonical, ParsedRequest, Provider } from '../../types.ts'
import { isProof, isUncounted, plainName } from '../../requests/credentials.ts'

/**
 * All other requests. A JSON body of an unknown API counts as a whole, except for ids of the one request. (`user`, `metadata`
 * or `id` may have a meaning there. The reply of JSON-RPC must echo its id.) Any other body counts by its bytes, an AWS event
 * stream without its signatures. Host and query count.
 */
export const plain: Provider = {
  api: 'plain',
  detect: () => true,
  operation: ({ json, bytes }) => (bytes.length === 0 ? 'none' : json === undefined ? 'binary' : 'generic'),
  route: (request) => (request.bytes.length === 0 ? { path: request.plainPath } : plainRoute(request)),
  canonicalize,
}

function canonicalize(request: ParsedRequest): Canonical {
  const { bytes, json, headers } = request
  const fields = placeFields(request)
  if (json !== undefined) fields['body'] = comparedJson(json, request)
  else if (bytes.length > 0)
    fields['sha256'] = sha256(comparableBody(bytes, headers.get('content-type')) ?? bytes)
  return { fields }
}

/** The parts of the URL that count for an unknown operation, beside the path. */
export function placeFields(request: ParsedRequest): Record<string, unknown> {
  const query = canonicalQuery(request)
  const model = request.bytes.length === 0 ? undefined : plainRoute(request).model
  return defined({ query, model })
}

/** JSON without what each request counts or makes anew. `matchOn: ['id']` makes the ids of JSON-RPC count. */
function comparedJson(json: JsonValue, request: ParsedRequest): JsonValue {
  const message = request.keep.has('id') ? json : withoutRpcIds(json)
  return isObject(message) ? withoutRequestIds(message, request) : message
}

function withoutRequestIds(body: JsonObject, { keep, counted, moments }: ParsedRequest): JsonObject {
  const out: JsonObject = {}
  const names = new Set(Object.keys(body))
  for (const [name, value] of Object.entries(body)) {
    const counts =
      keep.has(name) ||
      counted.has(plainName(name)) ||
      !(isUncounted(name, value, { moments }) || isProof(name, value, names))
    if (counts) set(out, name, value)
  }
  return out
}
