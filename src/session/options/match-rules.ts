import { defined } from '../../base/defined.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import type { MatchOptions } from '../../fingerprint/canonicalize.ts'
import { clocks } from '../process/clocks.ts'
import type { ResolvedOptions } from './options.ts'

/** What the run's options say about matching. */
export interface MatchRules {
  /** Given for this run: it replaces the list that an interaction was recorded with. */
  readonly matchOn?: readonly string[] | undefined
  /** The names of `redact.keep`: their values count whatever they look like. */
  readonly keep?: readonly string[] | undefined
}

export function matchRulesOf({ matchOn, redact }: Pick<ResolvedOptions, 'matchOn' | 'redact'>): MatchRules {
  const keep = redact && 'keep' in redact ? redact.keep : undefined
  return { matchOn, keep }
}

/** How a request is read that is sent now. */
export const optionsNow = ({ matchOn, keep }: MatchRules): MatchOptions => ({
  moments: clocks(),
  ...defined({ matchOn, keep }),
})

/** How the request of a recording is read. `matchOn`: the list that it was recorded with, if the run has none. */
export const optionsOf = (
  { keep }: MatchRules,
  entry: Recorded,
  matchOn: MatchRules['matchOn'],
): MatchOptions => {
  const at = Date.parse(entry.recordedAt)
  return { moments: Number.isNaN(at) ? [] : [at], ...defined({ matchOn, keep }) }
}

type Recorded = Pick<CassetteEntry, 'recordedAt'>
