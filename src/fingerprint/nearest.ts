import type { CanonicalRequest } from '../providers/types.ts'
import type { MatchOptions } from './canonicalize.ts'
import { type Difference, differencesOfCanonical } from './differences/differences.ts'

export interface Nearest {
  /** The index in the list of candidates. */
  readonly index: number
  readonly differences: readonly Difference[]
}

/**
 * The recording that is nearest to a request (see docs/matching.md). Candidates with the same method, path and operation come
 * first, then those with the fewest differing paths, then the latest. Candidates must be in recorded order. `undefined` if
 * there are no candidates.
 */
export function nearest(
  incoming: CanonicalRequest,
  candidates: Iterable<CanonicalRequest>,
  options: MatchOptions = {},
): Nearest | undefined {
  let best: Nearest | undefined
  let bestAlike = false
  let index = -1
  for (const recorded of candidates) {
    index += 1
    const alike =
      recorded.method === incoming.method && recorded.path === incoming.path && recorded.op === incoming.op
    if (bestAlike && !alike) continue
    const found = differencesOfCanonical(recorded, incoming, options)
    if (best !== undefined && alike === bestAlike && found.length > best.differences.length) continue
    best = { index, differences: found }
    bestAlike = alike
  }
  return best
}
