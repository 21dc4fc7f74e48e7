import { isDeepStrictEqual } from 'node:util'
import { DIFFERENCES } from './differences.ts'
import type { Cell } from './run.ts'
import type { FidelityClient } from './types.ts'

export type Verdict =
  | { readonly kind: 'same' }
  | { readonly kind: 'partial'; readonly reason: string }
  | { readonly kind: 'lacking'; readonly reason: string }
  | { readonly kind: 'different'; readonly phase: 'while recording' | 'in replay' }

/** Whether what the client saw of this exchange was the same three times. Recording may change nothing at all. */
export function verdictOf(client: FidelityClient, cell: Cell): Verdict {
  const { exchange, lacking, live, recording, replay } = cell
  if (lacking !== undefined) return { kind: 'lacking', reason: lacking }
  if (!isDeepStrictEqual(recording, live)) return { kind: 'different', phase: 'while recording' }
  if (isDeepStrictEqual(replay, live)) return { kind: 'same' }
  const known = DIFFERENCES.find((one) => one.covers(exchange, client) && one.holds(live!, replay!))
  return known ? { kind: 'partial', reason: known.reason } : { kind: 'different', phase: 'in replay' }
}
