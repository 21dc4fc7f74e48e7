import type { Envelope, EntryText } from './envelope.ts'
import type { Interaction, StoredMatch } from './interaction.ts'

/** One interaction of a cassette, read when first asked for. */
export interface CassetteEntry {
  readonly id: string
  /** `undefined`: the file has none, and the keys are to be computed from the request. */
  readonly match: StoredMatch | undefined
  readonly method: string
  readonly url: string
  /** ISO 8601. */
  readonly recordedAt: string
  /** As the file has it; comments that stand before it included. */
  readonly text: EntryText
  /** @throws {CassetteFormatError} with the file's line and column */
  read(): Interaction
}

/** What a cassette file holds. */
export interface CassetteContents {
  readonly entries: readonly CassetteEntry[]
  readonly incomplete: boolean
  /** The user's own, as plain values; `undefined`: none. */
  readonly metadata: unknown
  readonly envelope: Envelope
}
