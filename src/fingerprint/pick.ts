import { defined } from '../base/defined.ts'
import { isObject, set } from '../providers/json/json.ts'
import type { CanonicalRequest } from '../providers/types.ts'
import type { MatchOptions } from './canonicalize.ts'
import { select } from './match-on/match-on.ts'
import { isPlain } from './operations.ts'

/** The compared parts of a request, in addition to method, path, operation, stream, background and alt. */
export interface Picked {
  readonly fields: Readonly<Record<string, unknown>>
  /** Present only if it is compared. */
  readonly host?: string
  /** The compared keys of a JSON body of an unknown API. Absent: all keys. */
  readonly bodyKeys?: readonly string[]
  readonly on: readonly string[]
}

export function pick(canonical: CanonicalRequest, { matchOn }: MatchOptions): Picked {
  const { fields, bodyKeys, on } = select(canonical, matchOn)
  const out: Record<string, unknown> = {}
  for (const name of fields) {
    if (!Object.hasOwn(canonical, name) || canonical[name] === undefined) continue
    set(
      out,
      name,
      name === 'body' && bodyKeys !== undefined ? only(canonical[name], bodyKeys) : canonical[name],
    )
  }
  const { host } = canonical
  const placed = isPlain(canonical.op) || matchOn?.includes('host') === true
  return {
    fields: out,
    ...defined({ host: placed ? host : undefined, bodyKeys }),
    on,
  }
}

function only(body: unknown, keys: readonly string[]): unknown {
  if (!isObject(body)) return body
  const out: Record<string, unknown> = {}
  for (const key of keys) if (Object.hasOwn(body, key)) set(out, key, body[key])
  return out
}
