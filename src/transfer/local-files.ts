import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'

import { RegistryError } from '../errors/registry-error.ts'
import { isYamlName, looksLikeCassette } from '../storage/sources/cassette-folder.ts'
import { pathError } from '../storage/file.ts'
import { checkPaths } from '../registry/paths.ts'

/** A cassette of a folder. */
export interface LocalFile {
  /** From the folder, with `/`. */
  readonly path: string
  readonly full: string
}

const SKIPPED = new Set(['node_modules', '.git'])

/**
 * The YAML files of a folder and of those in it, sorted. Some may be no cassettes.
 * @throws {RegistryError} if a link leads out of the folder, or a path cannot be in a registry
 * @throws {CassettePathError} if a folder cannot be read
 */
export function yamlFiles(root: string): LocalFile[] {
  const found: LocalFile[] = []
  try {
    const real = realpathSync(root)
    const walk = (folder: string, prefix: string): void => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const full = join(folder, entry.name)
        const path = prefix + entry.name
        if (entry.isSymbolicLink()) {
          if (isYamlName(entry.name) || statSync(full, { throwIfNoEntry: false })?.isDirectory() === true)
            checkLink(real, full, path)
          if (statSync(full, { throwIfNoEntry: false })?.isFile() === true && isYamlName(entry.name))
            found.push({ path, full })
        } else if (entry.isDirectory()) {
          if (!SKIPPED.has(entry.name)) walk(full, `${path}/`)
        } else if (entry.isFile() && isYamlName(entry.name)) found.push({ path, full })
      }
    }
    walk(root, '')
  } catch (error) {
    if (error instanceof RegistryError) throw error
    throw pathError(root, error)
  }
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** A link would send what is outside of the folder. A linked folder inside of it is sent once, where it really is. */
function checkLink(root: string, full: string, path: string): void {
  let target: string
  try {
    target = realpathSync(full)
  } catch {
    return
  }
  if (target.startsWith(`${root}${sep}`) || target === root) return
  throw new RegistryError(
    'name',
    `${JSON.stringify(path)} is a link that leads out of the folder, to ${target}. Nothing was sent. Put the file itself there, or ` +
      'remove the link.',
  )
}

/** The bytes of a file that is meant to be a cassette. `undefined`: it is not. */
export function readCassetteBytes(full: string): Buffer | undefined {
  try {
    const bytes = readFileSync(full)
    return looksLikeCassette(bytes.toString('latin1')) ? bytes : undefined
  } catch (error) {
    throw pathError(full, error)
  }
}

/** @throws {RegistryError} naming the first path that cannot be in a registry */
export const checkLocal = (files: readonly LocalFile[]): void => checkPaths(files.map(({ path }) => path))

export const isRegularFile = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isFile() === true
