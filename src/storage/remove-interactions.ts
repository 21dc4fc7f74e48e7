import { type Cassette, type CassetteEntry, renderCassette } from '../cassette/cassette.ts'
import { CassettePathError } from '../errors/cassette-path-error.ts'
import { checkCassettePath, loadCassette } from './file.ts'
import { openJournal } from './journal.ts'
import type { RunIdentity } from './lock/identity.ts'

/** An interaction that was removed from its file. */
export interface Removed {
  readonly id: string
  readonly method: string
  readonly url: string
}

const told = ({ id, method, url }: CassetteEntry): Removed => ({ id, method, url })

/**
 * Removes interactions from a cassette. No other byte of the file changes.
 * @param choose names the interactions to remove. If it throws, the file stays as it is
 * @param options `isDry`: only tell them
 * @throws {CassettePathError} if the file does not exist or cannot be written
 * @throws {CassetteFormatError} if the file is no cassette
 * @throws {CassetteLockedError} if another process records it
 */
export function removeInteractions(
  path: string,
  choose: (cassette: Cassette) => readonly CassetteEntry[],
  { run, isDry }: { readonly run: RunIdentity; readonly isDry: boolean },
): Removed[] {
  const file = checkCassettePath(path)
  const before = loadCassette(file)
  if (!before) throw new CassettePathError(path, 'does not exist')
  if (isDry) return choose(before).map(told)
  const journal = openJournal(file, run)
  try {
    // Again: another run may have written it before this one took the lock.
    const cassette = loadCassette(file)
    if (!cassette) throw new CassettePathError(path, 'does not exist')
    const gone = new Set(choose(cassette))
    if (gone.size === 0) journal.leave()
    else {
      // Like every run, this one also keeps what a crashed run had recorded.
      const kept = [...cassette.entries.filter((entry) => !gone.has(entry)), ...journal.recovered]
      const entries = kept.map(({ text }) => text)
      journal.commit(renderCassette({ cassette, entries, incomplete: cassette.incomplete }))
    }
    return [...gone].map(told)
  } catch (error) {
    journal.leave()
    throw error
  }
}
