import { UnmeasuredError } from '../errors/unmeasured-error.ts'
import { storedFilesOf } from '../registry/compare.ts'
import type { StoredFile } from '../registry/manifest.ts'
import { type CassetteSource, sourceOf } from '../storage/sources/cassette-folder.ts'
import type { Cache } from './cache.ts'
import { assemble, fetchPieces } from './fetch.ts'
import { neededHead, type Place } from './place.ts'

/**
 * The cassettes of a ref, for a comparison. They are fetched into the cache; nothing is written beside it.
 * @throws {RegistryError} if there is no such ref, or something of it is missing or damaged
 * @throws {UnmeasuredError} if it has no cassette
 */
export async function registrySource(place: Place, ref: string, cache: Cache): Promise<CassetteSource> {
  const { manifest } = await neededHead(place, ref)
  const { files } = manifest
  const name = `registry:${ref}`
  if (Object.keys(files).length === 0)
    throw new UnmeasuredError(`The ref ${ref} has no cassette. Push some to it first.`)
  await fetchPieces(place, storedFilesOf(files), cache, () => {})
  const sidecars = new Map<string, StoredFile>(
    Object.entries(files).flatMap(([path, file]) =>
      (file.sidecars ?? []).map((one) => [`${path}.d/${one.sha256}`, one] as const),
    ),
  )
  const read = (path: string): Buffer => {
    const file = sidecars.get(path) ?? (Object.hasOwn(files, path) ? files[path] : undefined)
    if (!file) throw new Error(`${name} has no ${path}`)
    return assemble(file, cache)
  }
  return sourceOf({ name, root: '', cassettes: Object.keys(files), read, shown: (path) => `${name}:${path}` })
}
