import { lstatSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { Cassette } from '../cassette/cassette.ts'
import { CassettePathError } from '../errors/cassette-path-error.ts'
import { codeOf, problemOf } from './fs-problem.ts'

/** As many links as Linux follows before it calls them a loop. */
const MAX_LINKS = 40

/**
 * The absolute form of a path that a cassette may be read from or written to; nothing need be there yet.
 * @throws {CassettePathError} no string, empty, with a NUL; a folder or something else that is no file; a loop of
 *   links; a file where a folder should be; a name that is too long
 */
export function checkCassettePath(path: unknown): string {
  if (typeof path !== 'string') throw new CassettePathError(path, `is not a string but ${kindOf(path)}`)
  if (path === '') throw new CassettePathError(path, 'is empty')
  if (path.includes('\0')) throw new CassettePathError(path, 'has a NUL character in it')
  if (path.endsWith('/') || path.endsWith(sep)) throw new CassettePathError(path, 'names a folder')
  const absolute = resolve(path)
  try {
    const found = statSync(absolute)
    if (found.isDirectory()) throw new CassettePathError(path, 'is a folder')
    if (!found.isFile()) throw new CassettePathError(path, 'is not a regular file')
  } catch (error) {
    if (error instanceof CassettePathError) throw error
    if (codeOf(error) !== 'ENOENT') throw pathError(path, error)
    checkTarget(path, absolute)
  }
  return absolute
}

/**
 * Reads a cassette file.
 * @returns `undefined` where there is no such file
 * @throws {CassettePathError} it cannot be read
 * @throws {CassetteFormatError} it is not a cassette
 */
export function loadCassette(path: string): Cassette | undefined {
  let bytes: Buffer
  try {
    if (!statSync(path).isFile()) throw new CassettePathError(path, 'is not a regular file')
    bytes = readFileSync(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    if (error instanceof CassettePathError) throw error
    throw pathError(path, error)
  }
  return Cassette.parse(bytes, path)
}

/** The file itself that a path leads to, links followed, whether or not it exists. */
export function targetOf(path: string): string {
  let target = path
  for (let links = 0; links < MAX_LINKS; links++) {
    const folder = realFolder(dirname(target))
    target = join(folder, basename(target))
    const link = linkAt(target)
    if (link === undefined) return target
    target = resolve(folder, link)
  }
  throw new CassettePathError(path, 'cannot be used: symbolic links lead in a circle (ELOOP)')
}

export function pathError(path: string, error: unknown): CassettePathError {
  return new CassettePathError(path, `cannot be used: ${problemOf(error)}`, { cause: error })
}

/** Nothing is there, or a link to nothing: is what it leads to a place for a file? */
function checkTarget(path: string, absolute: string): void {
  let folder: string
  try {
    folder = dirname(targetOf(absolute))
    for (;;) {
      const found = statSync(folder, { throwIfNoEntry: false })
      if (found?.isDirectory() === true) return
      if (found !== undefined)
        throw new CassettePathError(path, `cannot be used: ${JSON.stringify(folder)} is not a folder`)
      if (dirname(folder) === folder) return
      folder = dirname(folder)
    }
  } catch (error) {
    throw error instanceof CassettePathError ? error : pathError(path, error)
  }
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return folder
    throw error
  }
}

function linkAt(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
    ? readlinkSync(path)
    : undefined
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : typeof value
}
