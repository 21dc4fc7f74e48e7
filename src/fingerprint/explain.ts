import type { MatchRequest } from '../providers/types.ts'
import { canonicalize, type MatchOptions } from './canonicalize.ts'
import { type Difference, differencesOfCanonical } from './differences.ts'

export interface Explanation {
  readonly matches: boolean
  /** The canonical names that were compared. */
  readonly compared: string[]
  /** What either request holds that did not count, and why. */
  readonly ignored: { readonly path: string; readonly reason: string }[]
  readonly differences: Difference[]
}

export function explainMatch(
  recorded: MatchRequest,
  incoming: MatchRequest,
  options: MatchOptions = {},
): Explanation {
  const left = canonicalize(recorded, options)
  const right = canonicalize(incoming, options)
  const found = differencesOfCanonical(left, right, options)
  const compared = [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((name) => name !== 'api')
    .toSorted()
  return { matches: found.length === 0, compared, ignored: [], differences: found }
}
