import { sha256 } from '../registry/blob.ts'
import {
  compareFiles,
  type FileChanges,
  isUnchanged,
  mergeFiles,
  storedFilesOf,
} from '../registry/compare.ts'
import type { Condemned } from '../registry/condemned.ts'
import type { Manifest, ManifestFile, StoredFile } from '../registry/manifest.ts'
import { blobKey } from '../registry/names.ts'
import { inParallel } from '../registry/parallel.ts'
import { RegistryError } from '../errors/registry-error.ts'
import { checkLocal, type LocalFile, readCassetteBytes, yamlFiles } from './local-files.ts'
import { condemnedOf, type Head, headOf, moveRef, type Place, putManifest } from './place.ts'
import { untilFirst } from './retry.ts'
import { type Outgoing, sendFile, widthFor } from './send.ts'

/** What is known of a cassette that was looked through. */
export interface Inspected {
  readonly interactions: number
  /** The first 16 digits of its match keys. */
  readonly keys: readonly string[]
  readonly sidecars: readonly Outgoing[]
}

/** What a push is about to do. */
export interface PushPlan {
  /** How many cassettes the folder has. */
  readonly cassettes: number
  /** How many of them the registry does not have. */
  readonly toSend: number
  /** Their size with their large bodies, bytes. */
  readonly bytes: number
}

export interface PushOptions {
  readonly place: Place
  readonly ref: string
  readonly folder: string
  /** Whether the ref becomes exactly the folder. If not, the push adds and updates. */
  readonly replace: boolean
  readonly resend: boolean
  /** The ref whose recordings the registry probably has too. */
  readonly base: string
  readonly who: string
  readonly now: () => string
  /**
   * Looks a cassette through before anything is sent.
   * @returns `undefined`: it has a secret
   */
  readonly inspect: (file: LocalFile, bytes: Uint8Array) => Inspected | undefined
  /** @returns false: nothing is sent */
  readonly onPlan: (plan: PushPlan) => boolean
  readonly onPiece: (bytes: number, isSent: boolean) => void
}

export interface Pushed {
  readonly digest: string
  readonly changes: FileChanges
  /** How often somebody else changed the ref first. */
  readonly conflicts: number
  /** Whether the ref is as it was. */
  readonly unchanged: boolean
}

/**
 * Sends the cassettes of a folder, and then moves the ref. Until then nobody sees anything of it, and what was sent by a push that
 * broke off is not sent again.
 * @returns `undefined` if a cassette has a secret, or `onPlan` says no: nothing was sent
 * @throws {RegistryError}
 */
export async function push(options: PushOptions): Promise<Pushed | undefined> {
  const { place, ref, base } = options
  const head = await headOf(place, ref)
  const other = head || base === ref ? undefined : await headOf(place, base)
  const { keys: condemned } = await condemnedOf(place)
  const usable = (file: StoredFile): boolean =>
    !options.resend && file.blobs.every((blob) => !Object.hasOwn(condemned, blobKey(place.project, blob)))
  const known = new Map<string, ManifestFile>()
  for (const files of [other?.manifest.files ?? {}, head?.manifest.files ?? {}])
    for (const file of Object.values(files))
      if (storedFilesOf({ '': file }).every(usable)) known.set(file.sha256, file)

  const looked = lookThrough(options, known)
  if (!looked || !options.onPlan(planOf(looked))) return undefined
  const files = await sendAll(looked, options, condemned)
  return moveTo(files, options, head)
}

interface Fresh {
  readonly path: string
  readonly file: Outgoing
  readonly inspected: Inspected
}

interface Looked {
  readonly known: Readonly<Record<string, ManifestFile>>
  readonly fresh: readonly Fresh[]
}

/** Reads one file after the other. @returns `undefined`: some have secrets */
function lookThrough(
  { folder, inspect }: PushOptions,
  stored: ReadonlyMap<string, ManifestFile>,
): Looked | undefined {
  const known: Record<string, ManifestFile> = {}
  const fresh: Fresh[] = []
  let isClean = true
  const files: LocalFile[] = []
  for (const file of yamlFiles(folder)) {
    const bytes = readCassetteBytes(file.full)
    if (!bytes) continue
    files.push(file)
    const digest = sha256(bytes)
    const found = stored.get(digest)
    if (found) known[file.path] = found
    else {
      const inspected = inspect(file, bytes)
      if (inspected)
        fresh.push({
          path: file.path,
          file: { full: file.full, sha256: digest, bytes: bytes.byteLength },
          inspected,
        })
      else isClean = false
    }
  }
  checkLocal(files)
  return isClean ? { known, fresh } : undefined
}

const outgoingOf = ({ file, inspected }: Fresh): readonly Outgoing[] => [file, ...inspected.sidecars]

const planOf = ({ known, fresh }: Looked): PushPlan => ({
  cassettes: Object.keys(known).length + fresh.length,
  toSend: fresh.length,
  bytes: fresh.flatMap(outgoingOf).reduce((sum, { bytes }) => sum + bytes, 0),
})

async function sendAll(
  { known, fresh }: Looked,
  options: PushOptions,
  condemned: Condemned,
): Promise<Manifest['files']> {
  const outgoing = new Map(fresh.flatMap(outgoingOf).map((file) => [file.sha256, file]))
  const sent = new Map<string, StoredFile>()
  const largest = Math.max(0, ...[...outgoing.values()].map(({ bytes }) => bytes))
  await inParallel(outgoing.values(), widthFor(largest), async (file) => {
    sent.set(file.sha256, await sendFile(file, { ...options, condemned }))
  })
  const stored = (file: Outgoing): StoredFile => sent.get(file.sha256) as StoredFile
  const files: Record<string, ManifestFile> = { ...known }
  for (const { path, file, inspected } of fresh) {
    const { interactions, keys, sidecars } = inspected
    files[path] = {
      ...stored(file),
      interactions,
      keys,
      ...(sidecars.length > 0 ? { sidecars: sidecars.map(stored) } : {}),
    }
  }
  return files
}

async function moveTo(
  mine: Manifest['files'],
  options: PushOptions,
  first: Head | undefined,
): Promise<Pushed> {
  const { place, ref, replace, resend, who, now } = options
  return untilFirst(ref, async (tries) => {
    const head = tries === 1 ? first : await headOf(place, ref)
    const before = head?.manifest.files ?? {}
    const files = replace ? mine : resend ? { ...before, ...mine } : mergeFiles(before, mine)
    const changes = compareFiles(before, files)
    const conflicts = tries - 1
    if (head && isUnchanged(changes) && !resend)
      return { digest: head.digest, changes, conflicts, unchanged: true }
    await checkNotCondemned(place, files)
    const parents = head ? [head.digest] : []
    const digest = await putManifest(place, { files, parents, by: 'push', who, when: now() })
    if (!(await moveRef(place, ref, digest, head))) return undefined
    return { digest, changes, conflicts, unchanged: false }
  })
}

/** @throws {RegistryError} if a collection found meanwhile that nobody uses what this push wants to use */
export async function checkNotCondemned(place: Place, files: Manifest['files']): Promise<void> {
  const { keys } = await condemnedOf(place)
  if (Object.keys(keys).length === 0) return
  for (const [path, file] of Object.entries(files))
    for (const blob of storedFilesOf({ [path]: file }).flatMap(({ blobs }) => blobs))
      if (Object.hasOwn(keys, blobKey(place.project, blob)))
        throw new RegistryError(
          'conflict',
          `The recording of ${path} in ${place.store.name} is about to be collected, because no ref had it. The ref was not changed. ` +
            'Push it again from a folder that has it.',
        )
}
