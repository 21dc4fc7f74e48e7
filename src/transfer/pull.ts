import { randomUUID } from 'node:crypto'
import { lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { problemOf } from '../storage/fs-problem.ts'
import { openJournal } from '../storage/journal.ts'
import type { RunIdentity } from '../storage/lock/identity.ts'
import { sidecarFolder, sweepSidecars } from '../storage/sidecars.ts'
import { sha256 } from '../registry/blob.ts'
import type { Manifest, ManifestFile } from '../registry/manifest.ts'
import { storedFilesOf } from '../registry/compare.ts'
import { RegistryError } from '../errors/registry-error.ts'
import type { Cache } from './cache.ts'
import { assemble, fetchPieces } from './fetch.ts'
import { isRegularFile, readCassetteBytes } from './local-files.ts'
import { manifestOf, type Place } from './place.ts'

/** How far back a file is looked for: one that is as some former push had it may be replaced. */
const HISTORY = 20

export interface PullOptions {
  readonly place: Place
  readonly manifest: Manifest
  readonly folder: string
  readonly cache: Cache
  /** Whether to replace files that were changed here. */
  readonly force: boolean
  readonly run: RunIdentity
  /** Told what is about to be fetched. */
  readonly onPlan: (plan: { readonly files: number; readonly bytes: number }) => void
  readonly onPiece: (bytes: number) => void
}

export interface Pulled {
  /** Paths that were written. */
  readonly written: readonly string[]
  /** Paths that were the same. */
  readonly same: number
  /** Paths that were changed here and nowhere else; if there are some, nothing was written. */
  readonly changedHere: readonly string[]
}

/**
 * Writes the cassettes of a manifest into a folder. All are fetched and checked before the first is written.
 * @throws {RegistryError}
 */
export async function pull(options: PullOptions): Promise<Pulled> {
  const { place, manifest, folder, cache, force, run } = options
  const wanted: [string, ManifestFile][] = []
  const differing = new Map<string, string>()
  let same = 0
  for (const [path, file] of Object.entries(manifest.files)) {
    checkWay(folder, path)
    const full = join(folder, path)
    const here = isRegularFile(full) ? digestHere(full) : undefined
    if (here === file.sha256 && hasSidecars(full, file)) same += 1
    else {
      wanted.push([path, file])
      if (here !== undefined && here !== file.sha256) differing.set(path, here)
    }
  }
  const changedHere = force ? [] : await changedOnlyHere(place, manifest, differing)
  if (changedHere.length > 0) return { written: [], same, changedHere }
  const files = storedFilesOf(Object.fromEntries(wanted))
  options.onPlan({ files: wanted.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) })
  await fetchPieces(place, files, cache, options.onPiece)
  for (const [path, file] of wanted) writeCassette(join(folder, path), file, cache, run)
  cache.trim()
  return { written: wanted.map(([path]) => path).toSorted(), same, changedHere: [] }
}

/** @throws {RegistryError} if a link is on the way: it could lead out of the folder */
function checkWay(folder: string, path: string): void {
  const parts = path.split('/')
  for (let length = 1; length <= parts.length; length += 1) {
    const at = parts.slice(0, length).join('/')
    const found = lstatSync(join(folder, at), { throwIfNoEntry: false })
    if (found === undefined) return
    const isFine = length < parts.length ? found.isDirectory() : found.isFile()
    if (!isFine)
      throw new RegistryError(
        'name',
        `${join(folder, at)} is ${found.isSymbolicLink() ? 'a link' : 'in the way'}, so ${JSON.stringify(path)} was not written. Nothing was. Remove it first.`,
      )
  }
}

const digestHere = (full: string): string => sha256(readCassetteBytes(full) ?? new Uint8Array())

const hasSidecars = (full: string, { sidecars = [] }: ManifestFile): boolean =>
  sidecars.every(
    (one) => lstatSync(join(sidecarFolder(full), one.sha256), { throwIfNoEntry: false })?.size === one.bytes,
  )

/** Those of the files that no former push had as they are here. */
async function changedOnlyHere(
  place: Place,
  manifest: Manifest,
  differing: ReadonlyMap<string, string>,
): Promise<string[]> {
  const left = new Map(differing)
  const queue = [...manifest.parents]
  const seen = new Set<string>()
  while (left.size > 0 && queue.length > 0 && seen.size < HISTORY) {
    const digest = queue.shift() as string
    if (seen.has(digest)) continue
    seen.add(digest)
    const former = await manifestOf(place, digest).catch((error: unknown) => {
      // Collected: history ends here.
      if (error instanceof RegistryError && error.problem === 'missing') return undefined
      throw error
    })
    for (const [path, here] of left) if (former?.files[path]?.sha256 === here) left.delete(path)
    queue.push(...(former?.parents ?? []))
  }
  return [...left.keys()].toSorted()
}

function writeCassette(full: string, file: ManifestFile, cache: Cache, run: RunIdentity): void {
  const journal = openJournal(full, run)
  try {
    for (const one of file.sidecars ?? []) {
      const path = join(sidecarFolder(full), one.sha256)
      if (isRegularFile(path) && lstatSync(path).size === one.bytes) continue
      writeWhole(path, assemble(one, cache))
    }
    writeWhole(full, assemble(file, cache))
    sweepSidecars(full)
  } finally {
    journal.leave()
  }
}

function writeWhole(path: string, bytes: Uint8Array): void {
  const fresh = `${path}.${randomUUID().slice(0, 8)}.new`
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(fresh, bytes)
    renameSync(fresh, path)
  } catch (error) {
    throw new RegistryError(
      'unreachable',
      `${path} cannot be written: ${problemOf(error)}. What was fetched is in the cache: pull again.`,
      {
        cause: error,
      },
    )
  } finally {
    rmSync(fresh, { force: true })
  }
}
