import { lstatSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { Cassette } from '../cassette/cassette.ts'
import { CassettePathError } from '../errors/cassette-path-error.ts'
import { codeOf, problemOf } from './fs-problem.ts'
import { sidecarsOf } from './sidecars.ts'

/** Linux follows this many symbolic links before it reports a loop (ELOOP). */
const MAX_LINKS = 40

/**
 * Checks that a cassette can be read from or written to this path, and makes it absolute. The file need not exist yet.
 * @throws {CassettePathError} if the path is not a string, is empty or has a NUL in it; if it names a folder or
 *   another thing that is not a regular file; if its links form a loop; if a parent is a file; if a name is too long
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
 * @returns `undefined` if the file does not exist
 * @throws {CassettePathError} if the file cannot be read
 * @throws {CassetteFormatError} if the file is not a cassette
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
  return Cassette.parse(bytes, path, sidecarsOf(targetOf(path)))
}

/** Tells one content of a file from another, without reading it. `undefined`: there is no file. */
export function versionOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found && [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ')
}

/**
 * Follows all symbolic links of a path. The file need not exist.
 * @throws {CassettePathError} if the links form a loop
 */
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

/** Checks a path where no file exists yet, or a link to such a path: can a file be made there? */
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
