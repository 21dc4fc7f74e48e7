import type { CassetteEntry } from './entry.ts'
import type { Envelope } from './envelope.ts'

/** What a cassette file holds. */
export interface CassetteContents {
  readonly entries: readonly CassetteEntry[]
  readonly incomplete: boolean
  /** The user's own, as plain values; `undefined`: none. */
  readonly metadata: unknown
  readonly envelope: Envelope
}
