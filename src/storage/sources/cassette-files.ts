import { globSync, statSync } from 'node:fs'

import type { Cassette } from '../../cassette/cassette.ts'
import { CassetteError } from '../../errors/cassette-error.ts'
import { CassettePathError } from '../../errors/cassette-path-error.ts'
import { cassetteFile, cassetteFolder, isYamlName } from './cassette-folder.ts'

/** A cassette file that was opened. */
export interface OpenedFile {
  readonly path: string
  readonly bytes: number
  readonly cassette: Cassette
}

/** The paths of cassettes that a file, a folder or a glob pattern names, each once, in their order. */
export function cassettePaths(names: readonly string[]): string[] {
  return [...new Set(names.flatMap(pathsOf))]
}

/** @throws {CassettePathError} if nothing has that name, and no file fits it as a pattern */
function pathsOf(name: string): string[] {
  const found = statSync(name, { throwIfNoEntry: false })
  if (found?.isDirectory() === true) return inFolder(name)
  if (found !== undefined) return [name]
  const matches = globSync(name, { withFileTypes: false }).toSorted()
  if (matches.length === 0)
    throw new CassettePathError(name, 'does not exist, and as a pattern it matches no file')
  return matches.flatMap((path) =>
    statSync(path).isDirectory() ? inFolder(path) : isYamlName(path) ? [path] : [],
  )
}

const inFolder = (folder: string): string[] => {
  const { cassettes } = cassetteFolder(folder)
  const prefix = folder === '.' ? '' : `${folder.replace(/\/+$/, '')}/`
  return cassettes.map((cassette) => `${prefix}${cassette}`)
}

/**
 * Reads one file after the other, so that memory holds one at a time. A file that is no cassette does not stop the others.
 * @returns what is wrong with the files that could not be read
 */
export function readFiles(paths: readonly string[], read: (file: OpenedFile) => void): string[] {
  return paths.flatMap((path) => {
    try {
      read({ path, bytes: statSync(path).size, cassette: openFile(path) })
      return []
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error
      return [error.message]
    }
  })
}

/** @throws {CassetteError} if the file cannot be read or is no cassette */
export const openFile = (path: string): Cassette => cassetteFile(path, path).open(path)
