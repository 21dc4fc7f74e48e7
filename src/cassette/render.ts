import type { Cassette } from './cassette.ts'
import { type EntryText, newEnvelope, renderEnvelope } from './envelope.ts'

export interface CassetteParts {
  /** The file as it was: its comments, `metadata` and other keys are kept as they stand. */
  readonly cassette?: Cassette | undefined
  /** Texts of entries (`CassetteEntry.text`) and of new interactions (`interactionText`), in order. */
  readonly entries: Iterable<EntryText>
  /** Whether the file gets `incomplete: true`. */
  readonly incomplete: boolean
  /** The user's, for a new file. */
  readonly metadata?: unknown
}

/**
 * The bytes of a cassette file, piece by piece. Entries of a file come out as they are there; new ones take on the
 * indentation and line ends of the file.
 */
export function renderCassette(parts: CassetteParts): Iterable<EntryText> {
  const { cassette, entries, incomplete, metadata } = parts
  const envelope = cassette?.envelope ?? newEnvelope('', metadata === undefined ? {} : { metadata })
  return renderEnvelope(envelope, entries, incomplete)
}
