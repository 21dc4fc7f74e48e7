import type { Cassette, CassetteEntry } from '../cassette/cassette.ts'
import { UsageError } from './usage.ts'

/** A line for each of these interactions, at most 20. */
const shown = (entries: readonly CassetteEntry[]): string =>
  entries
    .slice(0, 20)
    .map(({ id, method, url }) => `\n  ${id}  ${method} ${URL.parse(url)?.pathname ?? url}`)
    .join('')

/**
 * The interaction whose id is, or begins with, `prefix`.
 * @throws {UsageError} if there is none, or several: the message lists them
 */
export function entryOf({ entries, path }: Cassette, prefix: string): CassetteEntry {
  const exact = entries.filter(({ id }) => id === prefix)
  const found = exact.length > 0 ? exact : entries.filter(({ id }) => prefix !== '' && id.startsWith(prefix))
  const [entry] = found
  if (entry === undefined)
    throw new UsageError(
      `${path}: no interaction has an id that begins with ${JSON.stringify(prefix)}:${shown(entries)}`,
    )
  if (found.length > 1)
    throw new UsageError(
      `${path}: ${found.length} interactions have an id that begins with ${JSON.stringify(prefix)}:${shown(found)}`,
    )
  return entry
}
