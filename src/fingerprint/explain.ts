import { byCodeUnit } from '../providers/json/json.ts'
import { parseRequest } from '../providers/requests/parse.ts'
import type { CanonicalRequest, MatchRequest } from '../providers/types.ts'
import { canonicalizeParsed, type MatchOptions, readOptions } from './canonicalize.ts'
import { type Difference, differencesOfCanonical } from './differences/differences.ts'
import { type Ignored, ignoredOf } from './ignored.ts'
import { checkMatchOn } from './match-on/match-on.ts'
import { pick } from './pick.ts'

export interface Explanation {
  /** Whether the recorded response answers the incoming request. */
  readonly matches: boolean
  /** The compared canonical fields that at least one of the requests has, sorted. */
  readonly compared: string[]
  /** Fields of either request that were not compared, and why, sorted by path. */
  readonly ignored: Ignored[]
  /** Empty if and only if the requests match. */
  readonly differences: Difference[]
}

interface Side {
  readonly canonical: CanonicalRequest
  readonly compared: ReadonlySet<string>
  readonly ignored: readonly Ignored[]
}

/**
 * Explains why an incoming request matches a recorded one, or why not: what was compared, what was not compared and why, and
 * what differs. Throws the same errors as `differences`.
 */
export function explainMatch(
  recorded: MatchRequest,
  incoming: MatchRequest,
  options: MatchOptions = {},
): Explanation {
  const left = sideOf(recorded, options)
  const right = sideOf(incoming, options)
  checkMatchOn(options.matchOn, left.canonical, right.canonical)
  const differing = differencesOfCanonical(left.canonical, right.canonical, options)
  const compared = new Set([...left.compared, ...right.compared])
  const ignored = new Map([...left.ignored, ...right.ignored].map((entry) => [entry.path, entry]))
  return {
    matches: differing.length === 0,
    compared: [...compared].filter((name) => name !== 'body.*').toSorted(byCodeUnit),
    ignored: [...ignored.values()].toSorted((a, b) => byCodeUnit(a.path, b.path)),
    differences: differing,
  }
}

function sideOf(request: MatchRequest, options: MatchOptions): Side {
  const parsed = parseRequest(request, readOptions(options))
  const canonical = canonicalizeParsed(parsed)
  const { fields, host, bodyKeys, shape } = pick(canonical, options)
  const compared = new Set(['method', 'path', 'op', 'stream', ...Object.keys(fields), ...Object.keys(shape)])
  if (host !== undefined) compared.add('host')
  if (canonical.background === true) compared.add('background')
  if (canonical.alt !== undefined) compared.add('alt')
  for (const key of bodyKeys ?? ['*']) if ('body' in fields) compared.add(`body.${key}`)
  return { canonical, compared, ignored: ignoredOf(parsed, canonical, compared) }
}
