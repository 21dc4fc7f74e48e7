import { type Cassette, type CassetteEntry, renderCassette } from '../cassette/cassette.ts'
import type { EntryText } from '../cassette/envelope.ts'
import { hasMetadata, type Metadata, withMetadata } from '../cassette/metadata.ts'
import { CassettePathError } from '../errors/cassette-path-error.ts'
import { checkCassettePath, loadCassette } from './file.ts'
import { openJournal } from './journal.ts'
import type { RunIdentity } from './lock/identity.ts'

/** The new texts of interactions. `undefined`: the interaction is removed. */
export type Edits = ReadonlyMap<CassetteEntry, EntryText | undefined>

/** An interaction that was changed or removed. */
export interface Edited {
  readonly id: string
  readonly method: string
  readonly url: string
}

/** How a file is edited. */
export interface EditOptions {
  readonly run: RunIdentity
  /** Only tell what would be changed. */
  readonly isDry: boolean
  /** Values to add to the metadata of the cassette. */
  metadata?(cassette: Cassette): Metadata
}

const told = ({ id, method, url }: CassetteEntry): Edited => ({ id, method, url })

/**
 * Changes or removes interactions of a cassette. No other byte of the file changes.
 * @param edit says what to change. If it throws, the file stays as it is
 * @throws {CassettePathError} if the file does not exist or cannot be written
 * @throws {CassetteFormatError} if the file is no cassette
 * @throws {CassetteLockedError} if another process records it
 */
export function editInteractions(
  path: string,
  edit: (cassette: Cassette) => Edits,
  options: EditOptions,
): Edited[] {
  const { isDry, run } = options
  const file = checkCassettePath(path)
  const before = loadCassette(file)
  if (!before) throw new CassettePathError(path, 'does not exist')
  if (isDry) return [...edit(before).keys()].map(told)
  const journal = openJournal(file, run)
  try {
    // Again: another run may have written it before this one took the lock.
    const cassette = loadCassette(file)
    if (!cassette) throw new CassettePathError(path, 'does not exist')
    const edits = edit(cassette)
    const metadata = options.metadata?.(cassette) ?? {}
    const isKept = hasMetadata(cassette, metadata)
    if (edits.size === 0 && isKept) journal.leave()
    else {
      // Like every run, this one also keeps what a crashed run had recorded.
      const entries = [...cassette.entries, ...journal.recovered].flatMap((entry) =>
        edits.has(entry) ? (edits.get(entry) ?? []) : [entry.text],
      )
      const described = isKept ? cassette : withMetadata(cassette, metadata)
      journal.commit(renderCassette({ cassette: described, entries, incomplete: cassette.incomplete }))
    }
    return [...edits.keys()].map(told)
  } catch (error) {
    journal.leave()
    throw error
  }
}

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
