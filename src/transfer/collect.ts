import { blobsOf } from '../registry/compare.ts'
import { condemnedText, planCollection } from '../registry/condemned.ts'
import { blobKey, blobPrefix, manifestKey, manifestPrefix, metaKey, refKey } from '../registry/names.ts'
import { inParallel } from '../registry/parallel.ts'
import type { Manifest } from '../registry/manifest.ts'
import { RegistryError } from '../errors/registry-error.ts'
import type { Listed, Store } from '../registry/store.ts'
import { ifThere } from './history.ts'
import { condemnedOf, headOf, neededHead, type Place, refsOf } from './place.ts'

export interface CollectOptions {
  /** How long an object must be unused, and how long a push may take, ms. */
  readonly grace: number
  /** How many states of each ref stay. */
  readonly keep: number
  /** Whether to only tell it. */
  readonly isDry: boolean
}

export interface Collected {
  readonly refs: number
  readonly objects: number
  /** Keys of removed objects. */
  readonly removed: readonly string[]
  /** How many objects are unused, and are removed by a collection after the grace. */
  readonly condemned: number
}

/**
 * Removes what no ref needs, and what an earlier collection found unused at least `grace` ago.
 * @throws {RegistryError} if another collection runs, or a ref cannot be read: nothing is removed then
 */
export async function collect(place: Place, { grace, keep, isDry }: CollectOptions): Promise<Collected> {
  const { store, project } = place
  const before = await condemnedOf(place)
  const listed = [
    ...(await keysOf(store, blobPrefix(project))),
    ...(await keysOf(store, manifestPrefix(project))),
  ]
  const now = await storeNow(place, isDry)
  // After the objects: what is sent meanwhile is used or young.
  const refs = await refsOf(place)
  const used = await usedBy(place, refs, keep)
  const plan = planCollection(listed, used, before.keys, { now, grace })
  const { remove, condemned } = plan
  if (!isDry) {
    // What is removed stays condemned until it is gone: no push uses it.
    const old = Object.fromEntries(remove.map((key) => [key, before.keys[key] ?? now]))
    await save(place, condemnedText({ ...condemned, ...old }), before.version)
    await inParallel(remove, 8, async (key) => void (await store.delete(key)))
    const after = await condemnedOf(place)
    if (remove.length > 0) await save(place, condemnedText(condemned), after.version)
  }
  return {
    refs: refs.length,
    objects: listed.length,
    removed: remove,
    condemned: Object.keys(condemned).length,
  }
}

async function keysOf(store: Store, prefix: string): Promise<Listed[]> {
  const found: Listed[] = []
  for await (const one of store.list(prefix)) found.push(one)
  return found
}

async function save({ store, project }: Place, text: string, version: string | undefined): Promise<void> {
  const key = metaKey(project, 'condemned')
  const bytes = Buffer.from(text)
  const isSaved =
    version === undefined
      ? await store.putIfAbsent(key, bytes)
      : await store.compareAndSet(key, bytes, version)
  if (!isSaved)
    throw new RegistryError(
      'conflict',
      `Another collection of ${project} runs in ${store.name}. Wait until it has ended.`,
    )
}

/** The keys that refs need. A manifest that cannot be read stops the collection. */
async function usedBy(place: Place, refs: readonly string[], keep: number): Promise<Set<string>> {
  const { project } = place
  const used = new Set<string>()
  await inParallel(refs, 8, async (ref) => {
    const head = await headOf(place, ref)
    let { digest = '', manifest }: { digest?: string; manifest?: Manifest | undefined } = head ?? {}
    for (let depth = 0; depth < Math.max(keep, 1) && manifest; depth += 1) {
      used.add(manifestKey(project, digest))
      for (const blob of blobsOf(manifest.files)) used.add(blobKey(project, blob))
      digest = manifest.parents[0] ?? ''
      manifest = digest === '' ? undefined : await ifThere(place, digest)
    }
  })
  return used
}

/** What the clock of the store says: that of this machine may be off. */
async function storeNow({ store, project }: Place, isDry: boolean): Promise<number> {
  const key = metaKey(project, 'clock')
  const found = await store.get(key)
  if (!isDry) {
    const bytes = Buffer.from(JSON.stringify({ version: 1, after: found?.version ?? '' }))
    if (found) await store.compareAndSet(key, bytes, found.version)
    else await store.putIfAbsent(key, bytes)
  }
  for await (const one of store.list(key)) if (one.key === key) return one.modified
  return 0
}

/** Removes a ref. What only it needs is collected later. */
export async function removeRef(place: Place, ref: string): Promise<void> {
  const head = await neededHead(place, ref)
  if (await place.store.delete(refKey(place.project, ref), head.version)) return
  throw new RegistryError(
    'conflict',
    `Somebody else changed the ref ${ref} just now. It was not removed. Look at it, and call it again.`,
  )
}
