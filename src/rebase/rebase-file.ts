import { resolve } from 'node:path'

import { type CassetteEntry, renderCassette } from '../cassette/cassette.ts'
import { isSameCall, rebase } from './rebase.ts'
import { CassettePathError } from '../errors/cassette-path-error.ts'
import { checkCassettePath, loadCassette } from '../storage/file.ts'
import { openJournal } from '../storage/journal.ts'
import type { StoredMiss } from './misses-file.ts'
import type { RunIdentity } from '../storage/lock/identity.ts'

export interface RebasedInteraction {
  readonly from: string
  readonly to: string
  readonly paths: readonly string[]
}

/** A miss that cannot be rebased: for example, its nearest recording is not in the file (any more). */
export interface SkippedMiss {
  readonly method: string
  readonly url: string
  readonly reason: string
}

/**
 * Replaces the requests of recordings by those of misses, and keeps the responses. No other byte of the file changes.
 * @throws CassettePathError, CassetteFormatError, CassetteLockedError, CassetteWriteError
 */
export function rebaseFile(
  path: string,
  misses: readonly StoredMiss[],
  run: RunIdentity,
): { rebased: RebasedInteraction[]; skipped: SkippedMiss[] } {
  const file = checkCassettePath(path)
  if (!loadCassette(file)) throw new CassettePathError(path, 'does not exist')
  const journal = openJournal(file, run)
  try {
    // Again: another run may have written it before this one took the lock.
    const cassette = loadCassette(file)
    if (!cassette) throw new CassettePathError(path, 'does not exist')
    const texts = new Map<CassetteEntry, string>()
    const taken = new Set(cassette.entries.map(({ id }) => id))
    const rebased: RebasedInteraction[] = []
    const skipped: SkippedMiss[] = []
    const skip = ({ request: { method, url } }: StoredMiss, reason: string): void =>
      void skipped.push({ method, url, reason })
    // The list may hold misses of many cassettes, and two cassettes may use the same id: compare the path too.
    for (const miss of misses.filter(({ cassettePath }) => resolve(cassettePath) === file)) {
      const entry = cassette.entries.find(({ id }) => id === miss.closest?.id)
      if (!entry || texts.has(entry) || miss.closest?.played) {
        const { method, url } = miss.request
        const id = miss.closest?.id ?? 'no recording'
        const reason = !entry ? `${id} is not in the file` : `${id} already answers another request`
        skipped.push({ method, url, reason })
        continue
      }
      taken.delete(entry.id)
      const at = run.now
      const change = rebase(entry, miss.request, { at, taken, ...listOf(entry) })
      if (!isSameCall(change.paths)) {
        taken.add(entry.id)
        skip(miss, `${entry.id} is of another call (${change.paths.join(', ')})`)
        continue
      }
      taken.add(change.interaction.id)
      texts.set(entry, change.text)
      rebased.push({ from: entry.id, to: change.interaction.id, paths: change.paths })
    }
    if (rebased.length === 0) journal.leave()
    else {
      // Like every run, a rebase also keeps what a crashed run had recorded.
      const entries = [...cassette.entries, ...journal.recovered].map(
        (entry) => texts.get(entry) ?? entry.text,
      )
      journal.commit(renderCassette({ cassette, entries, incomplete: cassette.incomplete }))
    }
    return { rebased, skipped }
  } catch (error) {
    journal.leave()
    throw error
  }
}

/** Keeps the `matchOn` list that the interaction was recorded with. */
const listOf = ({ match }: CassetteEntry): { matchOn?: readonly string[] } =>
  match ? { matchOn: match.on } : {}
