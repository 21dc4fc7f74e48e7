import type { ExchangeFamily } from '../types.ts'
import { ADDRESSES, REDIRECTS } from './addresses.ts'
import { BODIES, ENCODINGS, STREAMS } from './bodies.ts'
import { ABORTS, FAILURES } from './failures.ts'
import { HEADS, STATUSES } from './heads.ts'
import { REQUESTS } from './requests.ts'

export const EXCHANGES: readonly ExchangeFamily[] = [
  BODIES,
  STREAMS,
  ENCODINGS,
  REQUESTS,
  STATUSES,
  HEADS,
  REDIRECTS,
  ADDRESSES,
  FAILURES,
  ABORTS,
]
