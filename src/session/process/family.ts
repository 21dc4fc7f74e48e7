import { resolve } from 'node:path'

import { NUMBERS_EACH } from '../../base/numbered.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import { loadCassette } from '../../storage/file.ts'
import { formerEntries } from '../opening/failed-run.ts'
import type { SharedRecordings } from './setup.ts'

/** The processes of a run, which each have their own cassette. */
export interface Family {
  /** Absolute paths of the cassettes of former runs that may hold what this process has to replay. */
  siblings(path: string): string[]
  /** The place of a cassette among those that the processes of the run may have, from 0. */
  placeOf(path: string): number
  /** Takes a recording for this process. @returns `false` if it was already taken in this run */
  take(recording: string): boolean
}

/**
 * The recordings that a process may play. Which process gets which cassette depends on timing, so each plays from all of them:
 * first from its own, and no recording that another process has played.
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
  const others = family.siblings(path).map((file) => {
    const { entries = [], incomplete = false } = loadCassette(file) ?? {}
    enter(file, entries)
    return { entries, incomplete }
  })
  return {
    numbersFrom: family.placeOf(path) * NUMBERS_EACH,
    more: (asksAgain) => others.flatMap((other) => formerEntries(other, [], asksAgain).kept),
    take(entry, own) {
      if (!names.has(entry)) enter(resolve(path), own)
      return family.take(names.get(entry) ?? '')
    },
  }
}
