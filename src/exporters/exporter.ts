import type { CassetteEntry } from '../cassette/cassette.ts'
import type { Earlier } from '../migration/reading/responses.ts'

/** One interaction that is exported. */
export interface ExportedEntry {
  /** The path of the cassette, as the user named it. */
  readonly cassette: string
  readonly entry: CassetteEntry
  /** The conversations that servers know, as far as the cassette has them. */
  readonly earlier: Earlier
  /** `metadata` of the cassette. */
  readonly metadata: unknown
}

/** Writes interactions in the format of another tool. Pure. */
export interface Exporter {
  /** What it writes, in a few words. */
  readonly summary: string
  /**
   * The text, piece by piece. It takes one interaction after the other.
   * @param skip is told why an interaction is left out
   */
  text(
    entries: Iterable<ExportedEntry>,
    skip: (entry: ExportedEntry, reason: string) => void,
  ): Iterable<string>
}
