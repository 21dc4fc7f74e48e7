import { randomUUID } from 'node:crypto'
import { link, mkdir, open, opendir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'

import { codeOf, problemOf, isFull } from '../storage/fs-problem.ts'
import { RegistryError } from '../errors/registry-error.ts'
import { isMutable } from '../registry/names.ts'
import type { Listed, Store, Stored } from '../registry/store.ts'
import { checkKey } from './check-key.ts'

/** Former contents of an object that stay, so that a writer that is late can tell. */
const KEPT = 16
const NEW = '.new'

/**
 * A registry in a folder, also one that several machines mount. An object that changes is a row of files `NAME@1`, `NAME@2` ...; the
 * last one counts. A new one is made by `link`, which fails if the name is taken: there is no lock that a dead process could keep.
 */
export function folderStore(root: string): Store {
  const at = (key: string): string => join(root, ...checkKey(key).split('/'))

  return {
    name: `the folder ${root}`,
    get: (key) =>
      told(root, async () => {
        if (!isMutable(key)) return found(await readIfThere(at(key)), '1')
        for (;;) {
          const last = (await numbersOf(at(key))).at(-1)
          if (last === undefined) return undefined
          const bytes = await readIfThere(`${at(key)}@${last}`)
          // Empty: deleted.
          if (bytes) return bytes.byteLength === 0 ? undefined : found(bytes, String(last))
        }
      }),
    putIfAbsent: (key, bytes) =>
      told(root, async () => {
        if (!isMutable(key)) return create(root, at(key), bytes)
        const last = (await numbersOf(at(key))).at(-1)
        if (last !== undefined && (await readIfThere(`${at(key)}@${last}`))?.byteLength !== 0) return false
        return succeed(root, at(key), last ?? 0, bytes)
      }),
    compareAndSet: (key, bytes, version) =>
      told(root, async () => {
        const last = (await numbersOf(at(key))).at(-1)
        return String(last) === version && last !== undefined ? succeed(root, at(key), last, bytes) : false
      }),
    list: (prefix) => listed(root, prefix),
    delete: (key, version) =>
      told(root, async () => {
        if (isMutable(key)) {
          const last = (await numbersOf(at(key))).at(-1)
          return (
            last !== undefined && String(last) === version && succeed(root, at(key), last, new Uint8Array())
          )
        }
        try {
          await rm(at(key))
          return true
        } catch (error) {
          if (codeOf(error) === 'ENOENT') return false
          throw error
        }
      }),
  }
}

const found = (bytes: Uint8Array | undefined, version: string): Stored | undefined =>
  bytes && { bytes, version }

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The numbers of an object that changes, the last one last. */
async function numbersOf(path: string): Promise<number[]> {
  let names: string[]
  try {
    names = await readdir(dirname(path))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
  const start = `${path.slice(dirname(path).length + 1)}@`
  return names
    .flatMap((name) =>
      name.startsWith(start) && /^\d+$/.test(name.slice(start.length))
        ? Number(name.slice(start.length))
        : [],
    )
    .toSorted((a, b) => a - b)
}

/** Makes the content that follows `last`. */
async function succeed(root: string, path: string, last: number, bytes: Uint8Array): Promise<boolean> {
  const next = last + 1
  if (!(await create(root, `${path}@${next}`, bytes))) return false
  const numbers = await numbersOf(path)
  // Others have gone on, so far that the name was free again.
  const isGap = last > 0 ? !numbers.includes(last) : numbers.length > 1 && numbers[1] !== 2
  if (isGap) {
    await rm(`${path}@${next}`, { force: true })
    return false
  }
  for (const old of numbers.filter((number) => number <= next - KEPT))
    await rm(`${path}@${old}`, { force: true })
  return true
}

/** Makes a file, whole or not at all. @returns false if it is there */
async function create(root: string, path: string, bytes: Uint8Array): Promise<boolean> {
  if (await isThere(path)) return false
  const fresh = join(root, NEW, randomUUID())
  await mkdir(join(root, NEW), { recursive: true })
  await mkdir(dirname(path), { recursive: true })
  try {
    const file = await open(fresh, 'wx')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await link(fresh, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    if (
      ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error) ?? '') &&
      (await isThere(fresh))
    )
      throw new RegistryError(
        'unsupported',
        `The file system of the folder ${root} has no hard links, so it cannot hold a registry. Use another disk, or cassette serve.`,
        { cause: error },
      )
    throw error
  } finally {
    await rm(fresh, { force: true })
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return false
      throw error
    },
  )

async function* listed(root: string, prefix: string): AsyncGenerator<Listed, void, void> {
  const folder = join(root, ...prefix.split('/').slice(0, -1))
  const last = new Map<string, { number: number; path: string }>()
  for await (const path of filesOf(root, folder)) {
    const key = relative(root, path).split(sep).join('/')
    if (!key.startsWith(prefix)) continue
    const [name = '', number] = key.split('@')
    if (number === undefined) {
      const modified = await modifiedOf(root, path)
      if (modified) yield { key, modified: modified.mtimeMs }
    } else if ((last.get(name)?.number ?? 0) < Number(number))
      last.set(name, { number: Number(number), path })
  }
  for (const [key, { path }] of last) {
    const modified = await modifiedOf(root, path)
    if (modified !== undefined && modified.size > 0) yield { key, modified: modified.mtimeMs }
  }
}

const modifiedOf = (root: string, path: string): Promise<{ mtimeMs: number; size: number } | undefined> =>
  told(root, () =>
    stat(path).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined
      throw error
    }),
  )

async function* filesOf(root: string, folder: string): AsyncGenerator<string, void, void> {
  const names = await told(root, async () => {
    try {
      return await opendir(folder)
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
      throw error
    }
  })
  if (!names) return
  for await (const entry of names) {
    const path = join(folder, entry.name)
    // The names of keys begin with a letter or a digit: others are not part of the registry.
    if (!/^[a-z0-9]/.test(entry.name)) continue
    if (entry.isDirectory()) yield* filesOf(root, path)
    else if (entry.isFile()) yield path
  }
}

/** @throws {RegistryError} for an error of the file system */
async function told<T>(root: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    if (error instanceof RegistryError || codeOf(error) === undefined) throw error
    const isDenied = ['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')
    const problem = isFull(error) ? 'full' : isDenied ? 'denied' : 'unreachable'
    throw new RegistryError(
      problem,
      `The registry in the folder ${root} cannot be used: ${problemOf(error)}. Nothing was changed.`,
      {
        cause: error,
      },
    )
  }
}

/** The names of the projects in a folder, sorted. */
export const projectsIn = (root: string): Promise<string[]> =>
  told(root, async () => {
    const entries = await readdir(root, { withFileTypes: true })
    return entries
      .flatMap((one) => (one.isDirectory() && /^[a-z0-9]/.test(one.name) ? one.name : []))
      .toSorted()
  })
