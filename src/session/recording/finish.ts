import { Cassette, type CassetteEntry, renderCassette } from '../../cassette/cassette.ts'
import type { EntryText } from '../../cassette/envelope.ts'
import { withMetadata } from '../../cassette/metadata.ts'
import { UnusedInteractionsError } from '../../errors/unused-interactions-error.ts'
import type { Journal } from '../../storage/journal.ts'
import { type FormerEntries, healed, keyOfEntry } from '../opening/failed-run.ts'
import type { RecordMode, ResolvedOptions } from '../options/options.ts'
import type { Playback } from '../replaying/playback.ts'

export interface FinishedRun {
  readonly path: string
  readonly mode: RecordMode
  readonly recording: boolean
  readonly options: Pick<ResolvedOptions, 'metadata' | 'strict'>
  /** The code under test failed, or the session did. */
  readonly failed: boolean
  /** A recording was refused: nothing of this run is written. */
  readonly refused: boolean
  readonly writeError: Error | undefined
  readonly cassette: Cassette | undefined
  readonly former: FormerEntries
  /** An item that stays, as it goes into the file. */
  readonly textOf: (entry: CassetteEntry) => EntryText
  /** How many items were given another request. */
  readonly rebased: number
  readonly journal: Journal | undefined
  readonly recorded: readonly { readonly key: string; readonly text: string }[]
  readonly playback: Playback
}

/**
 * Writes what the run recorded, and checks `strict`.
 * @throws CassetteWriteError, UnusedInteractionsError
 */
export function finishRun(run: FinishedRun): void {
  if (run.journal) write(run, run.journal)
  if (run.writeError) throw run.writeError
  if (!run.options.strict || run.failed) return
  const unused = run.playback.unplayed.map(({ entry }) => ({
    id: entry.id,
    method: entry.method ?? '',
    url: entry.url ?? '',
  }))
  if (unused.length > 0) throw new UnusedInteractionsError(run.path, unused)
}

function write(run: FinishedRun, journal: Journal): void {
  const { mode, recording, failed, refused, writeError, cassette, former, recorded } = run
  // The journal may have a part of what could not be written: the next run recovers it.
  if (writeError) return journal.leave()
  const recovered = journal.recovered.length
  if (refused || (mode === 'all' && failed)) return recovered > 0 ? journal.leave() : journal.discard()
  const changed = recorded.length > 0 || (mode !== 'all' && recovered > 0)
  const rebased = run.rebased > 0 && !failed
  // A run that completes a cassette removes the mark `incomplete`, even if it recorded nothing.
  const completes = recording && mode !== 'all' && cassette?.incomplete === true && !failed
  if (!changed && !completes && !rebased) return journal.discard()
  const items = former.all.map((entry) => ({
    key: keyOfEntry(entry),
    text: run.textOf(entry),
    failed: former.failed.has(entry),
    isGood: former.credentials.has(entry),
  }))
  journal.commit(
    renderCassette({
      cassette: described(run, journal),
      entries: healed<EntryText>(items, recorded, failed),
      incomplete: failed || (mode !== 'all' && !completes && cassette?.incomplete === true),
    }),
  )
}

/** The cassette with the metadata of this run. What was recorded stays in the journal if the file cannot take it. */
function described({ cassette, options, path }: FinishedRun, journal: Journal): Cassette | undefined {
  const { metadata } = options
  if (metadata === undefined) return cassette
  try {
    return withMetadata(cassette ?? Cassette.empty(path), metadata)
  } catch (error) {
    journal.leave()
    throw error
  }
}
