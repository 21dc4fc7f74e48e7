import { isDeepStrictEqual } from 'node:util'
import { DIFFERENCES } from './differences.ts'
import type { Cell } from './run.ts'
import type { FidelityClient, View } from './types.ts'

export type Verdict =
  | { readonly kind: 'same' }
  | { readonly kind: 'partial'; readonly reason: string }
  | { readonly kind: 'lacking'; readonly reason: string }
  | { readonly kind: 'different'; readonly phase: 'live' | 'while recording' | 'in replay' }

/** Whether what the client saw of this exchange was the same three times. Recording may change nothing at all. */
export function verdictOf(client: FidelityClient, cell: Cell): Verdict {
  const { exchange, lacking, live, recording, replay } = cell
  if (lacking !== undefined) return { kind: 'lacking', reason: lacking }
  if (client.dialect === 'plain' && exchange.proof && !exchange.proof.test(JSON.stringify(live)))
    return { kind: 'different', phase: 'live' }
  // What is a matter of timing differs from one live run to the next, too.
  const alike = (view: View | undefined): boolean =>
    isDeepStrictEqual(view, live) ||
    DIFFERENCES.some((one) => one.sometimes && one.covers(exchange, client) && one.holds(live!, view!))
  if (!alike(recording)) return { kind: 'different', phase: 'while recording' }
  const known = DIFFERENCES.find((one) => one.covers(exchange, client) && one.holds(live!, replay!))
  const maySame = known?.sometimes === true && (live?.body !== undefined || Array.isArray(live?.result))
  if (isDeepStrictEqual(replay, live) && !maySame) return { kind: 'same' }
  return known ? { kind: 'partial', reason: known.reason } : { kind: 'different', phase: 'in replay' }
}
