import { byCodeUnit } from '../../providers/json/json.ts'
import type { CanonicalRequest, MatchRequest } from '../../providers/types.ts'
import { canonicalize, type MatchOptions } from '../canonicalize.ts'
import { type Difference, Differ } from './differ.ts'
import { checkMatchOn } from '../match-on/match-on.ts'
import { pick } from '../pick.ts'

export type { Difference } from './differ.ts'

/**
 * The differences between two canonical requests in the fields that `matchOn` compares, as sorted paths of the canonical
 * request (see docs/matching.md). Both must have been made with the same options.
 */
export function differencesOfCanonical(
  recorded: CanonicalRequest,
  incoming: CanonicalRequest,
  options: MatchOptions = {},
): Difference[] {
  const differ = new Differ()
  const left = pick(recorded, options)
  const right = pick(incoming, options)
  differ.scalar('host', left.host, right.host)
  for (const name of ['method', 'path', 'op', 'stream', 'background', 'alt'] as const) {
    differ.scalar(name, recorded[name], incoming[name])
  }
  for (const name of new Set([...Object.keys(left.fields), ...Object.keys(right.fields)])) {
    if (name === 'messages' && recorded.op === 'grpc' && incoming.op === 'grpc')
      differ.wireMessages(left.fields[name], right.fields[name])
    // A header is named by its name, also if one of the requests has none.
    else if (name === 'headers') differ.field(name, left.fields[name] ?? {}, right.fields[name] ?? {})
    else differ.field(name, left.fields[name], right.fields[name])
  }
  for (const name of new Set([...Object.keys(left.shape), ...Object.keys(right.shape)])) {
    if (name in left.fields || name in right.fields) continue
    differ.field(name, left.shape[name], right.shape[name])
  }
  return differ.found.toSorted((a, b) => byCodeUnit(a.path, b.path))
}

/**
 * The differences between two requests in the fields that `matchOn` compares. The list is empty if they have the same match
 * key. Throws `UnknownMatchFieldError` if `matchOn` names a field that neither request has.
 */
export function differences(
  recorded: MatchRequest,
  incoming: MatchRequest,
  options: MatchOptions = {},
): Difference[] {
  const left = canonicalize(recorded, options)
  const right = canonicalize(incoming, options)
  checkMatchOn(options.matchOn, left, right)
  return differencesOfCanonical(left, right, options)
}
