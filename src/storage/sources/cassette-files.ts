import { globSync, statSync } from 'node:fs'

import type { Cassette } from '../../cassette/cassette.ts'
import { CassetteError } from '../../errors/cassette-error.ts'
import { CassettePathError } from '../../errors/cassette-path-error.ts'
import { cassetteFile, cassetteFolder, isYamlName } from './cassette-folder.ts'

/** A cassette file that was opened, or why it could not be. */
export type OpenedFile =
  | { readonly path: string; readonly bytes: number; readonly cassette: Cassette }
  | { readonly path: string; readonly problem: string }

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

/** Opens one file after the other, so that memory holds one at a time. A file that is no cassette does not stop the others. */
export function* openFiles(paths: readonly string[]): Generator<OpenedFile> {
  for (const path of paths) {
    try {
      const cassette = cassetteFile(path, path).open(path)
      yield { path, bytes: statSync(path).size, cassette }
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error
      yield { path, problem: error.message }
    }
  }
}
