import { type Cassette, renderCassette } from '../cassette/cassette.ts'
import type { EntryText } from '../cassette/envelope.ts'
import { checkCassettePath, loadCassette } from './file.ts'
import { openJournal } from './journal.ts'
import type { RunIdentity } from './lock/identity.ts'

/**
 * Adds interactions to a cassette, or makes it. No other byte of the file changes. Without any, nothing is written.
 * @param make gives the new items. If it rejects, the file stays as it is
 * @throws {CassettePathError} if the file cannot be written
 * @throws {CassetteFormatError} if the file is no cassette
 * @throws {CassetteLockedError} if another process records it
 */
export async function addInteractions(
  path: string,
  run: RunIdentity,
  make: (cassette: Cassette | undefined) => Promise<readonly EntryText[]>,
): Promise<void> {
  const file = checkCassettePath(path)
  // Before the lock: a file that is no cassette is told without a trace on the disk.
  loadCassette(file)
  const journal = openJournal(file, run)
  try {
    const cassette = loadCassette(file)
    const added = await make(cassette)
    if (added.length === 0) return journal.leave()
    const before = [...(cassette?.entries ?? []), ...journal.recovered].map(({ text }) => text)
    journal.commit(
      renderCassette({ cassette, entries: [...before, ...added], incomplete: cassette?.incomplete === true }),
    )
  } catch (error) {
    journal.leave()
    throw error
  }
}
