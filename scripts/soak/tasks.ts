import type { Traveller } from '../../test/hermetic/traveller.ts'
import type { Upstream } from '../../test/hermetic/upstream.ts'
import type { Held } from './measure.ts'

export type Addresses = Omit<Upstream, 'stop'>

/** The task of a worker. The main process passes it in the environment variable `SOAK`. */
export interface Task {
  readonly part: number
  readonly parts: number
  readonly seconds: number
  /** These servers stop when the recordings are made. */
  readonly recorded: Addresses
  /** These servers run all the time. The replaying cassettes ignore them. */
  readonly live: Addresses
  /** Only groups with this in their name. */
  readonly only?: string
  /** This group leaks on purpose, to prove that the soak finds a leak. */
  readonly leak?: string
}

/** The result of one turn of a group. */
export interface Slot {
  readonly group: string
  readonly round: number
  readonly operations: number
  readonly slowestMs: number
  /** The faults: `client, kind: hangs`, or the wrong view. */
  readonly faults: readonly string[]
  readonly before: Held
  readonly after: Held
}

/** A message of a worker, printed as one line of JSON. */
export type Told =
  | { readonly kind: 'recorded' | 'ended' }
  | { readonly kind: 'begins'; readonly group: string }
  | ({ readonly kind: 'slot' } & Slot)

/** Groups the clients by package. */
export function groupsOf(travellers: readonly Traveller[]): Map<string, Traveller[]> {
  return Map.groupBy(travellers, ({ family }) => family)
}
