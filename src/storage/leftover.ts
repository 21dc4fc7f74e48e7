import { readFileSync, statSync } from 'node:fs'

import type { CassetteEntry } from '../cassette/cassette.ts'
import { targetOf } from './file.ts'
import { codeOf } from './fs-problem.ts'
import { isLive, readOwner, type Recorder } from './owner.ts'
import { type CommittedFile, readJournal } from './journal-records.ts'

/** Whether the cassette at `target` is the one that a journal says it became. */
export function isCommitted(target: string, { inode, bytes }: CommittedFile): boolean {
  const found = statSync(target, { bigint: true, throwIfNoEntry: false })
  return found?.ino === inode && found.size === bytes
}

/**
 * Finished exchanges of a run that did not end well, for a run that may not write: they stay where they are. None while
 * that run may still be at work.
 * @param path absolute
 */
export function leftoverOf(path: string, self: Recorder): readonly CassetteEntry[] {
  try {
    const target = targetOf(path)
    const file = `${target}.recording`
    const owner = readOwner(file)
    if (owner === undefined || 'unreadable' in owner || isLive(owner, self)) return []
    return readJournal(readFileSync(file), file, (committed) => isCommitted(target, committed)).entries
  } catch (error) {
    // What cannot be read, or has just been taken over, is nothing that a replay must have.
    if (codeOf(error) !== undefined) return []
    throw error
  }
}
