import type { CassetteEntry } from '../../cassette/cassette.ts'
import { type HiddenValues, isSameDigest, writtenDigest } from '../../redaction/parts/hidden-values.ts'
import { apartOf } from '../replaying/bucket.ts'

export interface Keyed {
  readonly matchKey: string
  readonly hidden: HiddenValues
}

/**
 * What of the hidden values goes into the file, for each of `recorded`: those that tell recordings of one key apart.
 * @param kept what the cassette has already
 */
export function toldApart(
  recorded: readonly Keyed[],
  kept: readonly CassetteEntry[],
): readonly (HiddenValues | undefined)[] {
  const groups = new Map<string, (HiddenValues | undefined)[]>()
  const add = (key: string, values: HiddenValues | undefined): void => {
    const group = groups.get(key)
    if (group) group.push(values)
    else groups.set(key, [values])
  }
  for (const { matchKey, hidden } of recorded) add(matchKey, hidden)
  for (const entry of kept) {
    const key = entry.match?.key ?? ''
    if (groups.has(key)) add(key, apartOf(entry))
  }
  return recorded.map(({ matchKey, hidden }) => {
    const group = groups.get(matchKey) ?? []
    if (group.length < 2) return undefined
    const differing = Object.entries(hidden).filter(([place, digest]) =>
      group.some((values) => !isSameDigest(values?.[place], digest)),
    )
    const others = (place: string): string[] => group.flatMap((values) => values?.[place] ?? [])
    const written = differing.map(([place, digest]) => [place, writtenDigest(digest, others(place))])
    return written.length === 0 ? undefined : (Object.fromEntries(written) as HiddenValues)
  })
}
