import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

import type { Source } from '../../base/foreign-source.ts'
import { ImportError } from '../../errors/import-error.ts'
import { problemOf } from '../fs-problem.ts'

const HEAD_BYTES = 64 * 1024
const CHUNK_BYTES = 4 * 1024 * 1024

/** @throws {ImportError} if there is nothing at this path, or it cannot be read */
export function importSource(path: string): Source {
  const reading = <T>(read: () => T): T => {
    try {
      return read()
    } catch (error) {
      throw new ImportError(path, '', `cannot be read: ${problemOf(error)}`)
    }
  }
  const found = reading(() => statSync(path))
  const isFolder = found.isDirectory()
  const folder = isFolder ? path : dirname(path)
  return {
    path,
    isFolder,
    head: isFolder ? Buffer.alloc(0) : reading(() => firstOf(path)),
    writtenAt: Math.floor(found.mtimeMs),
    bytes: () => reading(() => readFileSync(path)),
    chunks: () => chunksOf(path, reading),
    beside(name) {
      // A recording may not name files anywhere else.
      if (!/^[^/\\\0]+$/.test(name) || name === '..' || name === '.') return undefined
      const file = join(folder, name)
      if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined
      return reading(() => readFileSync(file))
    },
    names: () => (isFolder ? reading(() => readdirSync(path)).toSorted() : []),
  }
}

function firstOf(path: string): Buffer {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(HEAD_BYTES)
    return bytes.subarray(0, readSync(file, bytes, 0, HEAD_BYTES, 0))
  } finally {
    closeSync(file)
  }
}

function* chunksOf(path: string, reading: <T>(read: () => T) => T): Generator<Buffer, void, void> {
  const file = reading(() => openSync(path, 'r'))
  try {
    for (;;) {
      const bytes = Buffer.allocUnsafe(CHUNK_BYTES)
      const read = reading(() => readSync(file, bytes, 0, CHUNK_BYTES, null))
      if (read === 0) return
      yield bytes.subarray(0, read)
    }
  } finally {
    closeSync(file)
  }
}
