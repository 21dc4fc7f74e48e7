import { resolve } from 'node:path'

import type { CassetteEntry } from '../../cassette/cassette.ts'
import { loadCassette } from '../../storage/file.ts'
import type { SharedRecordings } from './setup.ts'

/** Several processes of a run, each with a cassette of its own. */
export interface Family {
  /** Cassettes of former runs that hold what this process may have to replay, absolute. */
  siblings(path: string): string[]
  /** Whether a recording is still to be played in this run; from now on it is not. */
  take(recording: string): boolean
}

/**
 * Which of several processes took which cassette is a matter of timing, so each plays from all of them: a recording of
 * its own first, and none that another has played.
 */
export function sharedRecordings(path: string, family: Family): SharedRecordings {
  const names = new Map<CassetteEntry, string>()
  const enter = (file: string, entries: readonly CassetteEntry[]): void => {
    const seen = new Map<string, number>()
    for (const entry of entries) {
      const count = (seen.get(entry.id) ?? 0) + 1
      seen.set(entry.id, count)
      names.set(entry, `${file}\0${entry.id}\0${count}`)
    }
  }
  const more = family.siblings(path).flatMap((file) => {
    const entries = loadCassette(file)?.entries ?? []
    enter(file, entries)
    return entries
  })
  return {
    more,
    take(entry, own) {
      if (!names.has(entry)) enter(resolve(path), own)
      return family.take(names.get(entry) ?? '')
    },
  }
}
