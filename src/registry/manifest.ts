import { RegistryError } from '../errors/registry-error.ts'
import { checkPaths } from './paths.ts'

/** The version of the format that is written. A reader refuses a newer one. */
const VERSION = 1

/** The bytes of a file, in a registry. */
export interface StoredFile {
  /** The SHA-256 of the whole file, in hexadecimal. */
  readonly sha256: string
  readonly bytes: number
  /** The names of its pieces, in order: `SHA256`, or `SHA256.N` for a further copy. */
  readonly blobs: readonly string[]
}

/** A cassette, in a manifest. */
export interface ManifestFile extends StoredFile {
  readonly interactions: number
  /** The first 16 hexadecimal digits of its match keys, each once, sorted. */
  readonly keys: readonly string[]
  /** Its large bodies, which are beside it as `PATH.d/SHA256`. */
  readonly sidecars?: readonly StoredFile[]
}

/** What a ref names: a set of cassettes, and where it comes from. Never changes. */
export interface Manifest {
  readonly files: Readonly<Record<string, ManifestFile>>
  /** The digest of the manifest before it; a promoted one also names the one that it was promoted from. */
  readonly parents: readonly string[]
  /** What made it: `push`, `promote`. */
  readonly by: string
  /** Who pushed, as they say. */
  readonly who: string
  /** When, by the clock of who pushed: ISO 8601. Nothing depends on it. */
  readonly when: string
}

/** The text of a manifest: JSON, the same bytes for the same manifest. */
export function manifestText({ files, parents, by, who, when }: Manifest): string {
  const sorted = Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify({ version: VERSION, parents, by, who, when, files: Object.fromEntries(sorted) })
}

/** The object of a ref. */
export const refText = (manifest: string): string => JSON.stringify({ version: VERSION, manifest })

/** @returns the digest of the manifest that a ref names */
export function readRef(bytes: Uint8Array, ref: string): string {
  const { manifest } = parsed(bytes, `the ref ${ref}`)
  if (!isDigest(manifest)) throw broken(`the ref ${ref}`, 'it names no manifest')
  return manifest
}

/**
 * Reads a manifest, and trusts nothing of it.
 * @param digest its name in messages
 * @throws {RegistryError} if it is of a newer version, is not whole, or names a path outside of its folder
 */
export function readManifest(bytes: Uint8Array, digest: string): Manifest {
  const name = `the manifest ${digest.slice(0, 12)}`
  const { files, parents, by, who, when } = parsed(bytes, name)
  if (!isRecord(files)) throw broken(name, 'it has no list of files')
  const entries = Object.entries(files)
  for (const [path, file] of entries)
    if (!isManifestFile(file))
      throw broken(name, `its entry ${JSON.stringify(path)} is not one of a cassette`)
  checkPaths(entries.map(([path]) => path))
  return {
    files: files as Manifest['files'],
    parents: Array.isArray(parents) ? parents.filter(isDigest) : [],
    by: textOf(by),
    who: textOf(who),
    when: textOf(when),
  }
}

/** @throws {RegistryError} if it is no JSON object, or of a newer version */
export function parsed(bytes: Uint8Array, name: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
  } catch {
    throw broken(name, 'it is no JSON')
  }
  if (!isRecord(value) || !Number.isInteger(value['version'])) throw broken(name, 'it has no version')
  const version = value['version'] as number
  if (version > VERSION)
    throw new RegistryError(
      'newer',
      `In the registry, ${name} has version ${version}; this cassette reads up to ${VERSION}. Install a newer cassette.`,
    )
  return value
}

const broken = (name: string, problem: string): RegistryError =>
  new RegistryError(
    'corrupt',
    `In the registry, ${name} cannot be read: ${problem}. Push again, or promote another ref to it.`,
  )

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isDigest = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)

const isBlob = (value: unknown): boolean =>
  typeof value === 'string' && /^[0-9a-f]{64}(?:\.\d{1,6})?$/.test(value)

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

/** A text for a terminal: of one line, without control characters. */
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.replaceAll(/\p{C}/gu, '').slice(0, 200) : ''

const isStoredFile = (value: unknown): value is Record<string, unknown> =>
  isRecord(value) &&
  isDigest(value['sha256']) &&
  isCount(value['bytes']) &&
  Array.isArray(value['blobs']) &&
  value['blobs'].length > 0 &&
  value['blobs'].every(isBlob)

const isManifestFile = (value: unknown): boolean =>
  isStoredFile(value) &&
  isCount(value['interactions']) &&
  Array.isArray(value['keys']) &&
  value['keys'].every((key) => typeof key === 'string') &&
  (value['sidecars'] === undefined ||
    (Array.isArray(value['sidecars']) && value['sidecars'].every((one) => isStoredFile(one))))
