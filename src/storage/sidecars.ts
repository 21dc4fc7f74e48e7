import { createHash } from 'node:crypto'
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'

import type { SidecarFiles } from '../cassette/sidecars.ts'
import { CassetteWriteError } from '../errors/cassette-write-error.ts'
import { codeOf, problemOf } from './fs-problem.ts'
import { openTrusted } from './lock/trusted-file.ts'
import { writeFully } from './replace-file.ts'

/** The folder of a cassette's large bodies. It is beside the file that a link leads to. */
export const sidecarFolder = (target: string): string => `${target}.d`

const OWN_NAME = /^[0-9a-f]{64}(?:\.new)?$/
const REFERENCE = /sidecar["']?:[ \t]*["']?([0-9a-f]{64})/g

/** A piece of a body. */
interface Piece {
  readonly data: Uint8Array
}

const digestOf = (pieces: Iterable<Piece>): string => {
  const hash = createHash('sha256')
  for (const { data } of pieces) hash.update(data)
  return hash.digest('hex')
}

/**
 * The sidecars of a cassette, by what can be read of their files.
 * @param sizeOf the length of a file, or what is wrong with it
 */
export function sidecarFiles(
  folder: string,
  sizeOf: (name: string) => number | string,
  bytesOf: (name: string) => Uint8Array,
): SidecarFiles {
  return {
    folder,
    problem(name, bytes) {
      const size = sizeOf(name)
      if (typeof size === 'string') return size
      return size === bytes ? undefined : `${size} bytes`
    },
    read(name) {
      const data = bytesOf(name)
      if (digestOf([{ data }]) !== name) throw new Error('other bytes: their SHA-256 is not its name')
      return data
    },
  }
}

/**
 * The sidecars of a cassette on the disk. Follows no link.
 * @param target the cassette, its links followed
 */
export function sidecarsOf(target: string): SidecarFiles {
  const folder = sidecarFolder(target)
  const opened = <T>(name: string, use: (fd: number) => T): T | string => {
    const fd = isFolder(folder) ? openTrusted(join(folder, name)) : undefined
    if (fd === undefined) return 'no such file'
    if (typeof fd !== 'number') return `a file that ${fd.problem}`
    try {
      return use(fd)
    } finally {
      closeSync(fd)
    }
  }
  return sidecarFiles(
    folder,
    (name) => opened(name, () => statSync(join(folder, name)).size),
    (name) => {
      const data = opened(name, (fd) => readFileSync(fd))
      if (typeof data === 'string') throw new Error(data)
      return data
    },
  )
}

/**
 * Writes a large body beside its cassette. The recording run has the lock of the cassette.
 * @param target the cassette, its links followed
 * @returns the name of the file
 * @throws {CassetteWriteError}
 */
export function writeSidecar(target: string, pieces: readonly Piece[]): string {
  const folder = sidecarFolder(target)
  const name = digestOf(pieces)
  const temporary = join(folder, `${name}.new`)
  try {
    mkdirSync(folder, { recursive: true })
    if (!isFolder(folder)) throw new Error(`${folder} is not a folder`)
    rmSync(temporary, { force: true })
    // As the cassette: the mode comes before the content.
    const mode = statSync(target, { throwIfNoEntry: false })?.mode
    const fd = openSync(temporary, 'wx', mode === undefined ? 0o666 : 0o600)
    try {
      if (mode !== undefined) fchmodSync(fd, mode & 0o777)
      let position = 0
      for (const { data } of pieces) {
        writeFully(fd, data, position)
        position += data.byteLength
      }
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, join(folder, name))
  } catch (error) {
    rmSync(temporary, { force: true })
    throw new CassetteWriteError({ path: target, problem: problemOf(error) }, { cause: error })
  }
  return name
}

/**
 * Removes the sidecars that a cassette does not name, and the folder if it is empty then. Files with other names stay.
 * @remarks A run calls it while it has the lock.
 */
export function sweepSidecars(target: string): void {
  const folder = sidecarFolder(target)
  try {
    if (!isFolder(folder)) return
    const used = referencesIn(target)
    for (const name of readdirSync(folder)) {
      if (OWN_NAME.test(name) && !used.has(name)) rmSync(join(folder, name), { force: true })
    }
    rmdirSync(folder)
  } catch (error) {
    // It may have files that stay. What cannot be removed does no harm: the next run tries again.
    if (codeOf(error) === undefined) throw error
  }
}

/** A name that only looks like a reference keeps a file. */
function referencesIn(target: string): ReadonlySet<string> {
  const used = new Set<string>()
  let file: Buffer
  try {
    file = readFileSync(target)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return used
    throw error
  }
  for (let at = file.indexOf('sidecar'); at !== -1; at = file.indexOf('sidecar', at + 1)) {
    for (const [, name] of file.toString('latin1', at, at + 100).matchAll(REFERENCE)) used.add(name ?? '')
  }
  return used
}

const isFolder = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true
