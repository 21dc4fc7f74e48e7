import { defined } from '../../base/defined.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import { canonicalize, type MatchOptions } from '../../fingerprint/canonicalize.ts'
import { type MatchKey, matchKeyOfCanonical } from '../../fingerprint/fingerprint.ts'
import { checkMatchOn } from '../../fingerprint/match-on/match-on.ts'
import type { ExchangeRequest } from '../../exchange/exchange.ts'
import { createRedactor, type Redactor } from '../../redaction/redactor.ts'
import { clocks } from '../process/clocks.ts'
import type { ResolvedOptions } from './options.ts'

/** What the run's options say about matching. */
export interface MatchRules {
  /** Given for this run: it replaces the list that an interaction was recorded with. */
  readonly matchOn?: readonly string[] | undefined
  /** The names of `redact.keep`: their values count whatever they look like. */
  readonly keep?: readonly string[] | undefined
  /** Redacts what `redact.keep` keeps, as it was before that was given. Absent: nothing is kept. */
  readonly hide?: ((request: ExchangeRequest) => ExchangeRequest) | undefined
}

export function matchRulesOf({ matchOn, redact }: Pick<ResolvedOptions, 'matchOn' | 'redact'>): MatchRules {
  if (redact === undefined || !('keep' in redact) || !redact.keep?.length) return { matchOn }
  const { keep, ...rest } = redact
  let redactor: Redactor | undefined
  const hide = (request: ExchangeRequest): ExchangeRequest => {
    redactor ??= createRedactor({ env: process.env, redact: rest, clocks })
    return redactor.request(request)
  }
  return { matchOn, keep, hide }
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

/** @remarks Does not check the names: a list from the file was made for another request. */
export const keyOf = (request: ExchangeRequest, options: MatchOptions): MatchKey =>
  matchKeyOfCanonical(canonicalize(request, options), options)

/** @throws UnknownMatchFieldError if the run's `matchOn` has a name that is no field of the request */
export function checkedKeyOf(request: ExchangeRequest, options: MatchOptions): MatchKey {
  const canonical = canonicalize(request, options)
  checkMatchOn(options.matchOn, canonical)
  return matchKeyOfCanonical(canonical, options)
}
