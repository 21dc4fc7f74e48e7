import { resolve } from 'node:path'

import { type CassetteEntry, renderCassette } from '../cassette/cassette.ts'
import type { InteractionRequest } from '../cassette/interaction.ts'
import { isSameCall, rebase } from './rebase.ts'
import { CassettePathError } from '../errors/cassette-path-error.ts'
import { checkCassettePath, loadCassette } from '../storage/file.ts'
import { openJournal } from '../storage/journal.ts'
import type { StoredMiss } from './misses-file.ts'
import type { Recorder } from '../storage/owner.ts'

export interface RebasedInteraction {
  readonly from: string
  readonly to: string
  readonly paths: readonly string[]
}

/** A miss whose nearest recording is not in the file (any more), or which had none. */
export interface SkippedMiss {
  readonly method: string
  readonly url: string
  readonly reason: string
}

/**
 * Gives recordings of a cassette the requests of misses, and keeps their responses. No other byte of the file changes.
 * @throws CassettePathError, CassetteFormatError, CassetteLockedError, CassetteWriteError
 */
export function rebaseFile(
  path: string,
  misses: readonly StoredMiss[],
  run: Recorder,
): { rebased: RebasedInteraction[]; skipped: SkippedMiss[] } {
  const file = checkCassettePath(path)
  const cassette = loadCassette(file)
  if (!cassette) throw new CassettePathError(path, 'is no file')
  const journal = openJournal(file, run)
  try {
    const texts = new Map<CassetteEntry, string>()
    const taken = new Set(cassette.entries.map(({ id }) => id))
    const rebased: RebasedInteraction[] = []
    const skipped: SkippedMiss[] = []
    const skip = ({ request: { method, url } }: StoredMiss, reason: string): void =>
      void skipped.push({ method, url, reason })
    // A list may hold the misses of many cassettes; ids are of keys, which several cassettes may have.
    for (const miss of misses.filter(({ cassettePath }) => resolve(cassettePath) === file)) {
      const entry = cassette.entries.find(({ id }) => id === miss.closest?.id)
      if (!entry || texts.has(entry) || miss.closest?.played) {
        const { method, url } = miss.request
        const id = miss.closest?.id ?? 'no recording'
        const reason = !entry ? `${id} is not in the file` : `${id} answers another request already`
        skipped.push({ method, url, reason })
        continue
      }
      taken.delete(entry.id)
      const at = run.now
      const change = rebase(entry, miss.request as InteractionRequest, { at, taken, ...listOf(entry) })
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
      // What a crashed run had recorded is picked up as by any other run.
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

/** The list the interaction was recorded with goes on being its own. */
const listOf = ({ match }: CassetteEntry): { matchOn?: readonly string[] } =>
  match ? { matchOn: match.on } : {}
