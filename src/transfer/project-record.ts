import { RegistryError } from '../errors/registry-error.ts'
import { parsed } from '../registry/manifest.ts'
import { metaKey } from '../registry/names.ts'
import type { Place } from './place.ts'
import { untilFirst } from './retry.ts'

/**
 * Checks that the project of this name is the one that pushes, by the repositories that pushed to it before.
 * @param source the repository; `undefined`: it is not known, and nothing is checked
 * @param isShared whether to add the repository to those that may push
 * @throws {RegistryError} if other repositories have this name
 */
export async function checkSource(
  { store, project }: Place,
  source: string | undefined,
  isShared: boolean,
): Promise<void> {
  if (source === undefined) return
  await untilFirst(`of the project ${project}`, async () => {
    const key = metaKey(project, 'project')
    const found = await store.get(key)
    const known = found ? sourcesOf(found.bytes, project) : []
    if (known.includes(source)) return true
    if (known.length > 0 && !isShared)
      throw new RegistryError(
        'conflict',
        `The project ${project} of ${store.name} belongs to ${known.join(', ')}, and this is ${source}. Nothing was sent. Choose another ` +
          'name (CASSETTE_PROJECT), or say with --same-project that both are one project.',
      )
    const text = Buffer.from(JSON.stringify({ version: 1, sources: [...known, source] }))
    const isDone = found
      ? await store.compareAndSet(key, text, found.version)
      : await store.putIfAbsent(key, text)
    return isDone || undefined
  })
}

function sourcesOf(bytes: Uint8Array, project: string): string[] {
  const { sources } = parsed(bytes, `the record of the project ${project}`)
  return Array.isArray(sources) ? sources.filter((one) => typeof one === 'string') : []
}
