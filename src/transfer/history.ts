import { compareFiles, countsOf, type FileChanges, type ManifestCounts } from '../registry/compare.ts'
import type { Manifest } from '../registry/manifest.ts'
import { RegistryError } from '../errors/registry-error.ts'
import { type Head, manifestOf, type Place } from './place.ts'

/** One state of a ref. */
export interface LogEntry extends Pick<Manifest, 'by' | 'who' | 'when'> {
  readonly digest: string
  readonly counts: ManifestCounts
  /** What changed from the state before it. */
  readonly changes: FileChanges
}

type State = Pick<Head, 'digest' | 'manifest'>

/** The states of a ref, the newest first, until the limit or what was collected. */
export async function historyOf(place: Place, head: Head, limit: number): Promise<LogEntry[]> {
  const entries: LogEntry[] = []
  for (let at: State | undefined = head; at && entries.length < limit;) {
    const digest: string = at.digest
    const manifest: Manifest = at.manifest
    const parent: string | undefined = manifest.parents[0]
    const before: Manifest | undefined = parent === undefined ? undefined : await ifThere(place, parent)
    const { by, who, when, files } = manifest
    entries.push({
      digest,
      by,
      who,
      when,
      counts: countsOf(files),
      changes: compareFiles(before?.files ?? {}, files),
    })
    at = parent !== undefined && before ? { digest: parent, manifest: before } : undefined
  }
  return entries
}

/** @returns `undefined`: it was collected */
export async function ifThere(place: Place, digest: string): Promise<Manifest | undefined> {
  try {
    return await manifestOf(place, digest)
  } catch (error) {
    if (error instanceof RegistryError && error.problem === 'missing') return undefined
    throw error
  }
}
