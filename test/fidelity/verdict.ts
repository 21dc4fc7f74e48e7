import { isDeepStrictEqual } from 'node:util'
import { DIFFERENCES } from './differences.ts'
import type { Cell } from './run.ts'
import type { FidelityClient, View } from './types.ts'

export type Verdict =
  | { readonly kind: 'same' }
  | { readonly kind: 'partial'; readonly reason: string }
  | { readonly kind: 'lacking'; readonly reason: string }
  | { readonly kind: 'different'; readonly phase: 'live' | 'while recording' | 'in replay' }

/** Compares the three views that a client had of an exchange. Recording must not change anything. */
export function verdictOf(client: FidelityClient, cell: Cell): Verdict {
  const { exchange, lacking, live, recording, replay } = cell
  if (lacking !== undefined) return { kind: 'lacking', reason: lacking }
  if (client.dialect === 'plain' && exchange.proof && !exchange.proof.test(JSON.stringify(live)))
    return { kind: 'different', phase: 'live' }
  // A difference that depends on timing also occurs between two live runs.
  const alike = (view: View | undefined): boolean =>
    isDeepStrictEqual(view, live) ||
    DIFFERENCES.some((one) => one.sometimes && one.covers(exchange, client) && one.holds(live!, view!))
  if (!alike(recording)) return { kind: 'different', phase: 'while recording' }
  const known = DIFFERENCES.find((one) => one.covers(exchange, client) && one.holds(live!, replay!))
  const maySame = known?.sometimes === true && (live?.body !== undefined || Array.isArray(live?.result))
  if (isDeepStrictEqual(replay, live) && !maySame) return { kind: 'same' }
  return known ? { kind: 'partial', reason: known.reason } : { kind: 'different', phase: 'in replay' }
}
