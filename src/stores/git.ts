import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomInt } from 'node:crypto'

import { realNow, sleep } from '../clock.ts'
import { RegistryError } from '../errors/registry-error.ts'
import { isMutable } from '../registry/names.ts'
import type { Listed, Store } from '../registry/store.ts'
import { checkKey } from './check-key.ts'
import { gitRunner } from './git-runner.ts'

const MAX_TRIES = 200
const MAX_WAIT_MS = 8000
const NONE = '0'.repeat(40)

export interface GitOptions {
  readonly name: string
  readonly remote: string
  readonly branch: string
  readonly token: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What the branch is at. */
interface Tip {
  /** Absent: there is no such branch yet. */
  readonly commit?: string
  /** When it was read, ms since 1970. */
  readonly time: number
  /** The objects of git by key. */
  readonly oids: ReadonlyMap<string, string>
}

/**
 * A registry in a branch of a git repository: a file for each object. Blobs and manifests wait until something that changes is
 * written, and go with it in one commit. No content is fetched that is not read.
 */
export async function gitStore({ name, remote, branch, token, env }: GitOptions): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'cassette-git-'))
  const git = gitRunner({ folder, name, remote, token, env })
  const ref = `refs/heads/${branch}`
  /** New objects by key; `undefined`: removed. */
  const waiting = new Map<string, string | undefined>()
  let tip: Tip = { time: 0, oids: new Map() }
  let queue: Promise<unknown> = Promise.resolve()
  /** One after the other: they share an index. */
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const done = queue.then(task)
    queue = done.catch(() => {})
    return done
  }
  try {
    await git(['init', '--quiet', '--bare'])
    await git(['remote', 'add', 'origin', remote])
    await git(['config', 'remote.origin.promisor', 'true'])
    await git(['config', 'remote.origin.partialclonefilter', 'blob:none'])
    await refresh()
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }

  async function refresh(): Promise<void> {
    const [found] = (await git(['ls-remote', 'origin', ref])).toString('utf8').split('\t')
    if (!found) tip = { time: 0, oids: new Map() }
    if (!found || found === tip.commit) return
    await git(['fetch', '--quiet', '--depth=1', '--filter=blob:none', '--no-tags', 'origin', found])
    const listed = (await git(['ls-tree', '-r', '-z', found])).toString('utf8').split('\0')
    const oids = listed.filter(Boolean).map((line): [string, string] => {
      const [about = '', key = ''] = line.split('\t')
      return [key, about.split(' ')[2] ?? '']
    })
    tip = { commit: found, time: realNow(), oids: new Map(oids) }
  }

  const oidOf = (key: string): string | undefined => (waiting.has(key) ? waiting.get(key) : tip.oids.get(key))
  const stored = async (bytes: Uint8Array): Promise<string> =>
    (await git(['hash-object', '-w', '--stdin'], { input: bytes })).toString('utf8').trim()

  /**
   * Commits one change with everything that waits.
   * @param expected the version that the key must have; `undefined`: none
   */
  async function commit(
    key: string,
    expected: string | undefined,
    bytes: Uint8Array | undefined,
  ): Promise<boolean> {
    const oid = bytes && (await stored(bytes))
    for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
      // A push finds out whether the branch is further: it is asked before a second try only.
      if (tries > 1 || tip.commit === undefined || tip.oids.get(key) !== expected) await refresh()
      if (tip.oids.get(key) !== expected) return false
      const tree = await treeWith([...waiting, [key, oid]])
      const parent = tip.commit === undefined ? [] : ['-p', tip.commit]
      const made = (await git(['commit-tree', tree, ...parent, '-m', `cassette: ${key}`]))
        .toString('utf8')
        .trim()
      if (await pushed(made, tip.commit ?? '')) {
        const oids = new Map(tip.oids)
        for (const [one, at] of [...waiting, [key, oid] as const]) {
          if (at === undefined) oids.delete(one)
          else oids.set(one, at)
        }
        tip = { commit: made, time: realNow(), oids }
        waiting.clear()
        return true
      }
      await sleep(randomInt(1, Math.min(MAX_WAIT_MS, 100 * 2 ** tries)))
    }
    throw new RegistryError(
      'conflict',
      `Others changed the branch ${branch} of ${name} ${MAX_TRIES} times before this push could. Push again.`,
    )
  }

  async function treeWith(changes: Iterable<readonly [string, string | undefined]>): Promise<string> {
    await git(tip.commit === undefined ? ['read-tree', '--empty'] : ['read-tree', tip.commit])
    const lines = [...changes].map(
      ([key, oid]) => `${oid === undefined ? `0 ${NONE}` : `100644 ${oid}`}\t${key}\n`,
    )
    await git(['update-index', '--index-info'], { input: Buffer.from(lines.join('')) })
    return (await git(['write-tree', '--missing-ok'])).toString('utf8').trim()
  }

  /** @returns false if the branch is not at `before` any more */
  async function pushed(made: string, before: string): Promise<boolean> {
    try {
      await git(['push', '--quiet', `--force-with-lease=${ref}:${before}`, 'origin', `${made}:${ref}`])
      return true
    } catch (error) {
      if (error instanceof RegistryError && error.problem === 'conflict') return false
      throw error
    }
  }

  return {
    name,
    get: async (key) => {
      checkKey(key)
      return inTurn(async () => {
        if (isMutable(key) || oidOf(key) === undefined) await refresh()
        const oid = oidOf(key)
        return oid === undefined ? undefined : { bytes: await git(['cat-file', 'blob', oid]), version: oid }
      })
    },
    putIfAbsent: async (key, bytes) => {
      checkKey(key)
      return inTurn(async () => {
        if (isMutable(key)) return commit(key, undefined, bytes)
        const isThere = oidOf(key) !== undefined
        // Again, if it is there: it may be removed before this is committed.
        if (!waiting.has(key) || !isThere) waiting.set(key, tip.oids.get(key) ?? (await stored(bytes)))
        return !isThere
      })
    },
    compareAndSet: async (key, bytes, version) => {
      checkKey(key)
      return inTurn(() => commit(key, version, bytes))
    },
    async *list(prefix): AsyncGenerator<Listed, void, void> {
      await inTurn(refresh)
      // Git does not know when a file was written. An unfinished push is not in it, so every file may count as old.
      for (const key of tip.oids.keys())
        if (key.startsWith(prefix) && !(waiting.has(key) && waiting.get(key) === undefined))
          yield { key, modified: isMutable(key) ? tip.time : 0 }
    },
    delete: async (key, version) => {
      checkKey(key)
      return inTurn(async () => {
        if (isMutable(key)) return version !== undefined && commit(key, version, undefined)
        const isThere = oidOf(key) !== undefined
        if (tip.oids.has(key)) waiting.set(key, undefined)
        else waiting.delete(key)
        return isThere
      })
    },
    async close() {
      await queue
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
