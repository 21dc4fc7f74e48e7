import { defined } from '../base/defined.ts'
import { isObject, set } from '../providers/json/json.ts'
import type { CanonicalRequest } from '../providers/types.ts'
import { OPERATION_HEADERS } from '../providers/requests/choosing-headers.ts'
import { type MatchOptions, namedHeaders } from './canonicalize.ts'
import { select } from './match-on/match-on.ts'
import { isPlain } from './operations.ts'
import { wireShapeOf } from './wire-shape.ts'

/** The compared parts of a request, in addition to method, path, operation, stream, background and alt. */
export interface Picked {
  readonly fields: Readonly<Record<string, unknown>>
  /** Present only if it is compared. */
  readonly host?: string
  /** The compared keys of a JSON body of an unknown API. Absent: all keys. */
  readonly bodyKeys?: readonly string[]
  readonly on: readonly string[]
  /** The fields that change the form of the answer, by path. */
  readonly shape: Readonly<Record<string, unknown>>
}

export function pick(canonical: CanonicalRequest, { matchOn }: MatchOptions): Picked {
  const { fields, bodyKeys, on } = select(canonical, matchOn)
  const out: Record<string, unknown> = {}
  for (const name of fields) {
    if (name === 'headers' || !Object.hasOwn(canonical, name) || canonical[name] === undefined) continue
    set(
      out,
      name,
      name === 'body' && bodyKeys !== undefined ? only(canonical[name], bodyKeys) : canonical[name],
    )
  }
  const headers = headersOf(canonical, fields.includes('headers'), matchOn ?? [])
  if (headers !== undefined) out['headers'] = headers
  const { host } = canonical
  const placed = isPlain(canonical.op) || matchOn?.includes('host') === true
  return {
    fields: out,
    ...defined({ host: placed ? host : undefined, bodyKeys }),
    on,
    shape: wireShapeOf(canonical),
  }
}

/** The headers that count: all that choose the answer, or those that name the operation, and those that the list names. */
function headersOf(
  { headers }: CanonicalRequest,
  all: boolean,
  matchOn: readonly string[],
): CanonicalRequest['headers'] {
  if (headers === undefined || all) return headers
  const named = new Set(namedHeaders(matchOn))
  const kept = Object.entries(headers).filter(([name]) => OPERATION_HEADERS.has(name) || named.has(name))
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

function only(body: unknown, keys: readonly string[]): unknown {
  if (!isObject(body)) return body
  const out: Record<string, unknown> = {}
  for (const key of keys) if (Object.hasOwn(body, key)) set(out, key, body[key])
  return out
}
