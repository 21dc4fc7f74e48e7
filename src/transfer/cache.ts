import { randomUUID } from 'node:crypto'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'

import { realNow } from '../clock.ts'
import { sha256 } from '../registry/blob.ts'
import { isDigest } from '../registry/manifest.ts'
import { codeOf } from '../storage/fs-problem.ts'

/** What the cache keeps, bytes. */
const MAX_CACHE_BYTES = 2 * 1024 * 1024 * 1024
/** What was used so recently may be in use by another process, ms. */
const IN_USE_MS = 600_000

type Environment = Readonly<Record<string, string | undefined>>

/** `CASSETTE_CACHE`, or the folder `cassette` where the system keeps caches. */
export function cacheFolder(env: Environment): string {
  if (env['CASSETTE_CACHE']) return resolve(env['CASSETTE_CACHE'])
  const base = env['XDG_CACHE_HOME']
  return join(base && isAbsolute(base) ? base : join(homedir(), '.cache'), 'cassette')
}

/** Pieces on this machine, by their digests. It may be deleted at any time. */
export class Cache {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = join(folder, 'pieces')
  }

  #pathOf(digest: string): string {
    return join(this.#folder, digest.slice(0, 2), digest)
  }

  has(digest: string): boolean {
    return statSync(this.#pathOf(digest), { throwIfNoEntry: false })?.isFile() === true
  }

  /** @returns `undefined`: it is not there, or is damaged */
  read(digest: string): Buffer | undefined {
    const path = this.#pathOf(digest)
    try {
      const bytes = readFileSync(path)
      if (sha256(bytes) === digest) {
        const now = realNow() / 1000
        utimesSync(path, now, now)
        return bytes
      }
      rmSync(path, { force: true })
    } catch (error) {
      if (codeOf(error) === undefined) throw error
    }
    return undefined
  }

  write(digest: string, bytes: Uint8Array): void {
    const path = this.#pathOf(digest)
    const fresh = `${path}.${randomUUID()}.new`
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    try {
      writeFileSync(fresh, bytes, { mode: 0o600 })
      renameSync(fresh, path)
    } finally {
      rmSync(fresh, { force: true })
    }
  }

  /** Removes what was used longest ago, until the rest is small enough. */
  trim(limit = MAX_CACHE_BYTES): void {
    const pieces = this.#pieces().toSorted((a, b) => b.used - a.used)
    let total = 0
    for (const { path, bytes, used } of pieces) {
      total += bytes
      if (total > limit && realNow() - used > IN_USE_MS) rmSync(path, { force: true })
    }
  }

  #pieces(): { readonly path: string; readonly bytes: number; readonly used: number }[] {
    try {
      return readdirSync(this.#folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
        const path = join(this.#folder, name)
        const found = statSync(path, { throwIfNoEntry: false })
        const isPiece = isDigest(name.slice(-64)) || name.endsWith('.new')
        return found?.isFile() === true && isPiece ? [{ path, bytes: found.size, used: found.mtimeMs }] : []
      })
    } catch {
      return []
    }
  }
}
