import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { Cassette } from '../../cassette/cassette.ts'
import { pathError, targetOf } from '../file.ts'
import { sidecarFiles, sidecarFolder, sidecarsOf } from '../sidecars.ts'
import type { SidecarFiles } from '../../cassette/sidecars.ts'

/** A set of cassettes: a folder, a single file, or a revision of git. */
export interface CassetteSource {
  /** As the user named it. */
  readonly name: string
  /** The folder of the files, for reports. */
  readonly root: string
  /** Paths of the files with `/`, relative to the source, sorted. */
  readonly cassettes: readonly string[]
  /** The last one opened is kept. Throws a `CassetteError` if the file cannot be read or is not a cassette. */
  open(cassette: string): Cassette
}

const SKIPPED = new Set(['node_modules', '.git'])
/** The key that every cassette has at its top level, in YAML or in JSON. */
const INTERACTIONS = /^\s*(?:\{[^]*)?["']?interactions["']?\s*:/m
export const isYamlName = (name: string): boolean => /\.ya?ml$/i.test(name)

/** Whether a YAML file is meant to be a cassette. A broken one is: it must be told, not skipped. */
export const looksLikeCassette = (text: string): boolean => INTERACTIONS.test(text)

/**
 * The cassettes of a folder and of those in it.
 * @throws {CassettePathError} if a folder cannot be read
 */
export function cassetteFolder(path: string): CassetteSource {
  const found: string[] = []
  const seen = new Set<string>()
  const walk = (folder: string, prefix: string): void => {
    const real = realpathSync(folder)
    // A link that leads back up would never end.
    if (seen.has(real)) return
    seen.add(real)
    for (const name of readdirSync(folder).toSorted()) {
      const full = join(folder, name)
      const entry = statSync(full, { throwIfNoEntry: false })
      if (entry?.isDirectory() === true && !SKIPPED.has(name)) walk(full, `${prefix}${name}/`)
      if (entry?.isFile() === true && isYamlName(name) && looksLikeCassette(readFileSync(full, 'latin1')))
        found.push(prefix + name)
    }
  }
  try {
    walk(path, '')
  } catch (error) {
    throw pathError(path, error)
  }
  return sourceOf({
    name: path,
    root: path,
    cassettes: found,
    read: (cassette) => readBytes(join(path, cassette)),
    shown: (cassette) => join(path, cassette),
    files: (cassette) => sidecarsOf(targetOf(join(path, cassette))),
  })
}

/** One cassette file, under a name of the caller's. */
export const cassetteFile = (path: string, label: string): CassetteSource =>
  sourceOf({
    name: path,
    root: '',
    cassettes: [label],
    read: () => readBytes(path),
    shown: () => path,
    files: () => sidecarsOf(targetOf(path)),
  })

interface SourceParts extends Omit<CassetteSource, 'open'> {
  read(cassette: string): Uint8Array
  /** The name of a file in errors. */
  shown(cassette: string): string
  /** Its large bodies; absent: `read` gives them too. */
  files?(cassette: string): SidecarFiles
}

export function sourceOf(parts: SourceParts): CassetteSource {
  const { name, root } = parts
  const filesOf = (cassette: string): SidecarFiles => parts.files?.(cassette) ?? readSidecars(parts, cassette)
  let last: { readonly name: string; readonly cassette: Cassette } | undefined
  return {
    name,
    root,
    cassettes: parts.cassettes.toSorted(),
    open: (cassette) => {
      if (last?.name !== cassette) {
        last = undefined
        last = {
          name: cassette,
          cassette: Cassette.parse(parts.read(cassette), parts.shown(cassette), filesOf(cassette)),
        }
      }
      return last.cassette
    },
  }
}

/** A source without a file system, such as a revision of git. */
function readSidecars(source: SourceParts, cassette: string): SidecarFiles {
  const bytesOf = (name: string): Uint8Array => source.read(`${sidecarFolder(cassette)}/${name}`)
  const sizeOf = (name: string): number | string => {
    try {
      return bytesOf(name).byteLength
    } catch {
      return 'no such file'
    }
  }
  return sidecarFiles(sidecarFolder(source.shown(cassette)), sizeOf, bytesOf)
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw pathError(path, error)
  }
}
