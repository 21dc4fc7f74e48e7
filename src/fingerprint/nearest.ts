import type { CanonicalRequest } from '../providers/types.ts'
import type { MatchOptions } from './canonicalize.ts'
import { type Difference, differencesOfCanonical } from './differences.ts'

export interface Nearest {
  /** The position among the candidates. */
  readonly index: number
  readonly differences: Difference[]
}

/**
 * The recording that is nearest to a request, by CANONICAL section 11: same method, path and operation first,
 * then the fewest differing paths, then the latest (candidates stand in recorded order). `undefined`: no candidates.
 */
export function nearest(
  incoming: CanonicalRequest,
  candidates: Iterable<CanonicalRequest>,
  options: MatchOptions = {},
): Nearest | undefined {
  let best: Nearest | undefined
  let bestSame = false
  let index = 0
  for (const recorded of candidates) {
    const same =
      recorded.method === incoming.method && recorded.path === incoming.path && recorded.op === incoming.op
    if (!bestSame || same) {
      const found = differencesOfCanonical(recorded, incoming, options)
      if (best === undefined || (same && !bestSame) || found.length <= best.differences.length) {
        best = { index, differences: found }
        bestSame = same
      }
    }
    index += 1
  }
  return best
}
