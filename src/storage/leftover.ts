import { closeSync, readFileSync, statSync } from 'node:fs'

import type { CassetteEntry } from '../cassette/cassette.ts'
import { targetOf } from './file.ts'
import { codeOf } from './fs-problem.ts'
import type { RunIdentity } from './lock/identity.ts'
import { isLive, ownerIn } from './lock/owner.ts'
import { openTrusted } from './lock/trusted-file.ts'
import { type CommittedFile, type JournalContent, readJournal } from './journal-records.ts'
import { sidecarsOf } from './sidecars.ts'

/** Whether the cassette at `target` is the file that the journal names as committed. */
function isCommitted(target: string, { inode, bytes }: CommittedFile): boolean {
  const found = statSync(target, { bigint: true, throwIfNoEntry: false })
  return found?.ino === inode && found.size === bytes
}

/**
 * Reads the journal of an interrupted run of the cassette at `target`.
 * @param file the name of the journal, for messages
 */
export const readLeft = (journal: Buffer, file: string, target: string): JournalContent =>
  readJournal(journal, file, (committed) => isCommitted(target, committed), sidecarsOf(target))

/**
 * Reads the finished exchanges of an interrupted run, for a run that may not write. The journal is not changed.
 * @param path absolute
 * @returns an empty list if the other run may still be recording
 */
export function leftoverOf(path: string, self: RunIdentity): readonly CassetteEntry[] {
  let fd: ReturnType<typeof openTrusted>
  try {
    const target = targetOf(path)
    const file = `${target}.recording`
    fd = openTrusted(file)
    if (typeof fd !== 'number') return []
    const owner = ownerIn(fd)
    if (!('run' in owner) || isLive(owner, self)) return []
    return readLeft(readFileSync(fd), file, target).entries
  } catch (error) {
    // A replay does not need the journal: it may be unreadable, or another run may just have taken it over.
    if (codeOf(error) !== undefined) return []
    throw error
  } finally {
    if (typeof fd === 'number') closeSync(fd)
  }
}
