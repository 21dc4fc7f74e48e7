import type { Manifest, ManifestFile, StoredFile } from './manifest.ts'

type Files = Manifest['files']

/** What two sets of cassettes differ in. Paths, sorted. */
export interface FileChanges {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
}

export function compareFiles(before: Files, after: Files): FileChanges {
  const added: string[] = []
  const changed: string[] = []
  for (const [path, file] of Object.entries(after)) {
    const old = Object.hasOwn(before, path) ? before[path] : undefined
    if (old === undefined) added.push(path)
    else if (old.sha256 !== file.sha256) changed.push(path)
  }
  const removed = Object.keys(before).filter((path) => !Object.hasOwn(after, path))
  return { added: added.toSorted(), changed: changed.toSorted(), removed: removed.toSorted() }
}

export const isUnchanged = ({ added, changed, removed }: FileChanges): boolean =>
  added.length + changed.length + removed.length === 0

/** Adds and replaces. What is the same keeps its place in the store. */
export function mergeFiles(base: Files, mine: Files): Files {
  const merged: Record<string, ManifestFile> = { ...base }
  for (const [path, file] of Object.entries(mine))
    if (!Object.hasOwn(base, path) || base[path]?.sha256 !== file.sha256) merged[path] = file
  return merged
}

/** All files of a manifest, the large bodies included. */
export const storedFilesOf = (files: Files): StoredFile[] =>
  Object.values(files).flatMap((file) => [file, ...(file.sidecars ?? [])])

/** The names of the pieces that a manifest needs. */
export const blobsOf = (files: Files): string[] => storedFilesOf(files).flatMap(({ blobs }) => blobs)

export interface ManifestCounts {
  readonly cassettes: number
  readonly interactions: number
  readonly bytes: number
}

export function countsOf(files: Files): ManifestCounts {
  const all = Object.values(files)
  return {
    cassettes: all.length,
    interactions: all.reduce((sum, { interactions }) => sum + interactions, 0),
    bytes: storedFilesOf(files).reduce((sum, { bytes }) => sum + bytes, 0),
  }
}
