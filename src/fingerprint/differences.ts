import type { CanonicalRequest, MatchRequest } from '../providers/types.ts'
import { canonicalJson } from './canonical-json.ts'
import { canonicalize, type MatchOptions } from './canonicalize.ts'

export interface Difference {
  /** A path of the canonical request: `messages[2].content`, `tools[get_weather].strict`, `query.page`. */
  readonly path: string
  /** `undefined`: not in the recorded request. */
  readonly recorded: unknown
  /** `undefined`: not in the incoming request. */
  readonly incoming: unknown
}

export function differencesOfCanonical(
  recorded: CanonicalRequest,
  incoming: CanonicalRequest,
  _options: MatchOptions = {},
): Difference[] {
  const paths = new Set([...Object.keys(recorded), ...Object.keys(incoming)])
  return [...paths]
    .toSorted()
    .filter((path) => path !== 'api' && canonicalJson(recorded[path]) !== canonicalJson(incoming[path]))
    .map((path) => ({ path, recorded: recorded[path], incoming: incoming[path] }))
}

export function differences(
  recorded: MatchRequest,
  incoming: MatchRequest,
  options: MatchOptions = {},
): Difference[] {
  return differencesOfCanonical(canonicalize(recorded, options), canonicalize(incoming, options), options)
}
