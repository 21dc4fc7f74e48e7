import { MAX_MANIFEST_BYTES, packed, sha256, unpacked } from '../registry/blob.ts'
import { type Condemned, readCondemned } from '../registry/condemned.ts'
import { type Manifest, manifestText, readManifest, readRef, refText } from '../registry/manifest.ts'
import { manifestKey, metaKey, refKey, refOfKey, refPrefix } from '../registry/names.ts'
import type { Store } from '../registry/store.ts'
import { RegistryError } from '../errors/registry-error.ts'

/** A project in a store. */
export interface Place {
  readonly store: Store
  readonly project: string
}

/** What a ref names now. */
export interface Head {
  readonly ref: string
  readonly digest: string
  readonly manifest: Manifest
  /** The version of the ref's object. */
  readonly version: string
}

/** @returns `undefined`: there is no such ref */
export async function headOf(place: Place, ref: string): Promise<Head | undefined> {
  const found = await place.store.get(refKey(place.project, ref))
  if (!found) return undefined
  const digest = readRef(found.bytes, ref)
  return { ref, digest, manifest: await manifestOf(place, digest), version: found.version }
}

/** @throws {RegistryError} if there is no such ref; names those that there are */
export async function neededHead(place: Place, ref: string): Promise<Head> {
  const head = await headOf(place, ref)
  if (head) return head
  const refs = (await refsOf(place)).slice(0, 10)
  const known = refs.length > 0 ? `It has ${refs.join(', ')}.` : 'It has none yet.'
  throw new RegistryError(
    'missing',
    `The project ${place.project} has no ref ${ref} in ${place.store.name}. ${known} "cassette push --ref ${ref}" makes it.`,
  )
}

/** @throws {RegistryError} if it is gone or damaged */
export async function manifestOf(place: Place, digest: string): Promise<Manifest> {
  const found = await place.store.get(manifestKey(place.project, digest))
  if (!found)
    throw new RegistryError(
      'missing',
      `The registry ${place.store.name} has no manifest ${digest.slice(0, 12)}. It was collected, or never pushed there.`,
    )
  return readManifest(await unpacked(found.bytes, digest, MAX_MANIFEST_BYTES), digest)
}

/** Stores a manifest. @returns its digest */
export async function putManifest({ store, project }: Place, manifest: Manifest): Promise<string> {
  const bytes = Buffer.from(manifestText(manifest))
  if (bytes.byteLength > MAX_MANIFEST_BYTES)
    throw new RegistryError(
      'unsupported',
      'A ref can name about a million cassettes, and this one names more. Use several projects.',
    )
  const digest = sha256(bytes)
  await store.putIfAbsent(manifestKey(project, digest), await packed(bytes))
  return digest
}

/** Points a ref to a manifest. @returns false if somebody else moved it */
export function moveRef(
  { store, project }: Place,
  ref: string,
  digest: string,
  head: Head | undefined,
): Promise<boolean> {
  const key = refKey(project, ref)
  const bytes = Buffer.from(refText(digest))
  return head ? store.compareAndSet(key, bytes, head.version) : store.putIfAbsent(key, bytes)
}

/** The names of the refs, sorted. */
export async function refsOf({ store, project }: Place): Promise<string[]> {
  const refs: string[] = []
  for await (const { key } of store.list(refPrefix(project))) refs.push(refOfKey(key))
  return refs.toSorted()
}

/** What is going to be collected. */
export async function condemnedOf({
  store,
  project,
}: Place): Promise<{ keys: Condemned; version: string | undefined }> {
  const found = await store.get(metaKey(project, 'condemned'))
  return found
    ? { keys: readCondemned(found.bytes), version: found.version }
    : { keys: {}, version: undefined }
}
