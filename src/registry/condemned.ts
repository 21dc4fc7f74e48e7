import { parsed } from './manifest.ts'

/**
 * What a collection found unused, and when: by key, ms since 1970 of the store's clock. A push uses none of these objects, and
 * writes a further copy in their place. A later collection removes those that are unused still.
 */
export type Condemned = Readonly<Record<string, number>>

export const condemnedText = (keys: Condemned): string => JSON.stringify({ version: 1, keys })

export function readCondemned(bytes: Uint8Array): Condemned {
  const { keys } = parsed(bytes, 'the list of condemned objects')
  if (typeof keys !== 'object' || keys === null) return {}
  return Object.fromEntries(
    Object.entries(keys).filter((one): one is [string, number] => typeof one[1] === 'number'),
  )
}

export interface CollectionPlan {
  /** Found unused by a collection that is long enough ago. */
  readonly remove: readonly string[]
  /** Unused, but not for long enough. */
  readonly condemned: Condemned
}

/**
 * Decides about the objects of a project.
 * @param listed all of them
 * @param used the keys that a ref needs
 * @param now by the clock of the store
 * @param grace how long a push may take, ms
 */
export function planCollection(
  listed: readonly { readonly key: string; readonly modified: number }[],
  used: ReadonlySet<string>,
  before: Condemned,
  { now, grace }: { readonly now: number; readonly grace: number },
): CollectionPlan {
  const remove: string[] = []
  const condemned: Record<string, number> = {}
  for (const { key, modified } of listed) {
    if (used.has(key)) continue
    const since = Object.hasOwn(before, key) ? before[key] : undefined
    if (since !== undefined && now - since >= grace) remove.push(key)
    else if (since !== undefined) condemned[key] = since
    // A push may be about to use what it has just sent.
    else if (now - modified >= grace) condemned[key] = now
  }
  return { remove, condemned }
}
