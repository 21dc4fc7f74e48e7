import type { Traveller } from '../../test/hermetic/traveller.ts'
import type { Upstream } from '../../test/hermetic/upstream.ts'
import type { Held } from './measure.ts'

export type Addresses = Omit<Upstream, 'stop'>

/** What main tells a worker, in the environment variable `SOAK`. */
export interface Task {
  readonly part: number
  readonly parts: number
  readonly seconds: number
  /** Gone once the recordings are made. */
  readonly recorded: Addresses
  /** Answers all the time, and is ignored by the cassettes that replay. */
  readonly live: Addresses
  /** Only groups with this in their name. */
  readonly only?: string
  /** This group keeps what it is given: a soak has to see it. */
  readonly leak?: string
}

/** One group's turn. */
export interface Slot {
  readonly group: string
  readonly round: number
  readonly operations: number
  readonly slowestMs: number
  /** What went wrong: `client, kind: hangs`, or what it saw instead. */
  readonly faults: readonly string[]
  readonly before: Held
  readonly after: Held
}

/** What a worker prints, one a line. */
export type Told =
  | { readonly kind: 'recorded' | 'ended' }
  | { readonly kind: 'begins'; readonly group: string }
  | ({ readonly kind: 'slot' } & Slot)

/** Clients of one package. */
export function groupsOf(travellers: readonly Traveller[]): Map<string, Traveller[]> {
  return Map.groupBy(travellers, ({ family }) => family)
}
