import type { Envelope, EntryText } from './envelope.ts'
import type { Interaction, StoredMatch } from './interaction.ts'

/** One interaction of a cassette. It is read when it is first needed. */
export interface CassetteEntry {
  readonly id: string
  /** `undefined`: the file has none, so the keys must be computed from the request. */
  readonly match: StoredMatch | undefined
  readonly method: string
  readonly url: string
  /** ISO 8601. */
  readonly recordedAt: string
  /** As in the file, with the comments before it. */
  readonly text: EntryText
  /** @throws {CassetteFormatError} with the file's line and column */
  read(): Interaction
}

/** The contents of a cassette file. */
export interface CassetteContents {
  readonly entries: readonly CassetteEntry[]
  readonly incomplete: boolean
  /** The user's metadata, as plain values; `undefined`: none. */
  readonly metadata: unknown
  readonly envelope: Envelope
}
