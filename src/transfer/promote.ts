import { compareFiles, type FileChanges, isUnchanged } from '../registry/compare.ts'
import type { Manifest } from '../registry/manifest.ts'
import { headOf, moveRef, type Head, type Place, putManifest } from './place.ts'
import { checkNotCondemned } from './push.ts'
import { untilFirst } from './retry.ts'

export interface Promoted {
  readonly digest: string
  readonly changes: FileChanges
  readonly files: Manifest['files']
}

/**
 * Makes a ref name the same cassettes as another one.
 * @throws {RegistryError}
 */
export function promote(
  place: Place,
  from: Head,
  to: string,
  { who, now }: { readonly who: string; readonly now: () => string },
): Promise<Promoted> {
  const { files } = from.manifest
  return untilFirst(to, async () => {
    const head = await headOf(place, to)
    const changes = compareFiles(head?.manifest.files ?? {}, files)
    if (head && isUnchanged(changes)) return { digest: head.digest, changes, files }
    await checkNotCondemned(place, files)
    const parents = head ? [head.digest, from.digest] : [from.digest]
    const digest = await putManifest(place, { files, parents, by: `promote ${from.ref}`, who, when: now() })
    return (await moveRef(place, to, digest, head)) ? { digest, changes, files } : undefined
  })
}
