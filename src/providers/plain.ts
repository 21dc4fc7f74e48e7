import { isObject, type JsonObject, set } from './json.ts'
import { canonicalQuery } from './location.ts'
import { sha256 } from './media.ts'
import type { Canonical, ParsedRequest, Provider } from './types.ts'
import { GENERIC, genericName } from './volatile.ts'

/**
 * Everything else: a JSON body nobody knows counts whole but for ids of the one request (`user`, `metadata` or `id` may
 * mean something there; JSON-RPC's reply must echo its id), any other body by its bytes. Host and query count.
 */
export const plain: Provider = {
  api: 'plain',
  detect: () => true,
  operation: ({ json, bytes }) => (bytes.length === 0 ? 'none' : json === undefined ? 'binary' : 'generic'),
  route: ({ plainPath }) => ({ path: plainPath }),
  canonicalize,
}

function canonicalize({ bytes, json, query, keep }: ParsedRequest): Canonical {
  const selected = canonicalQuery(query, keep)
  const fields: Record<string, unknown> = selected === undefined ? {} : { query: selected }
  if (json !== undefined) fields['body'] = isObject(json) ? withoutRequestIds(json, keep) : json
  else if (bytes.length > 0) fields['sha256'] = sha256(bytes)
  return { fields }
}

function withoutRequestIds(body: JsonObject, keep: ReadonlySet<string>): JsonObject {
  const out: JsonObject = {}
  for (const [name, value] of Object.entries(body)) {
    if (keep.has(name) || !GENERIC.has(genericName(name))) set(out, name, value)
  }
  return out
}
