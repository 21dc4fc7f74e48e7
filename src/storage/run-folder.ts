import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { threadId } from 'node:worker_threads'

/**
 * The folder that all processes and threads of one preloaded run share. It tells which cassettes are taken and which
 * requests were missed. The first process, or `cassette run`, makes and removes it; the others find its path in this environment variable.
 */
const FOLDER = 'CASSETTE_RUN_DIR'
/** The absolute path of the first process's cassette. The other cassettes are named after it. */
const BASE = 'CASSETTE_RUN_PATH'

export interface RunFolder {
  /** Whether this process began the run. */
  readonly isFirst: boolean
  /** Takes the path of a cassette that no other process or thread of the run writes to. */
  claimPath(): string
  /**
   * The cassettes of earlier runs that may hold this process's recordings, absolute. If several processes run the same
   * program, only their timing decides which process gets which cassette.
   */
  siblings(path: string): string[]
  /** The place of a cassette among those that the processes of a run may have: 0 for `app.yaml`, 3 for `app.worker-3.yaml`. */
  placeOf(path: string): number
  /** Marks a recording as played in this run. @returns false if another process has played it already */
  take(recording: string): boolean
  /** Stores a miss or another failure. The first process reports it. */
  leaveFailure(message: string): void
  /** The failures that the other processes stored, in any order. */
  failures(): string[]
  remove(): void
}

/**
 * Begins a run on behalf of a process that is not preloaded itself, such as `cassette run`.
 * @param path of the first cassette
 */
export function beginRun(path: string | undefined): {
  readonly path: string
  /** The environment variables that the program needs. */
  readonly env: Readonly<Record<string, string>>
  failures(): string[]
  /** The cassettes that processes of the run have taken, absolute. */
  cassettes(): string[]
  remove(): void
} {
  const folder = mkdtempSync(join(tmpdir(), 'cassette-run-'))
  return {
    path: folder,
    env: { [FOLDER]: folder, ...(path === undefined ? {} : { [BASE]: resolve(path) }) },
    failures: () => readFailures(join(folder, 'failures')),
    cassettes: () =>
      filesIn(join(folder, 'claims')).map((name) => readFileSync(join(folder, 'claims', name, PATH), 'utf8')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Joins the run that this process belongs to, or begins a run. */
export function joinRun(program: string, given: string | undefined): RunFolder {
  const inherited = process.env[FOLDER]
  const folder = inherited ?? mkdtempSync(join(tmpdir(), 'cassette-run-'))
  const own = given ?? join('cassettes', `${program}.yaml`)
  if (inherited === undefined) {
    process.env[FOLDER] = folder
    process.env[BASE] = resolve(own)
  }
  const base = process.env[BASE] ?? (given === undefined ? undefined : resolve(given))
  const failures = join(folder, 'failures')
  let left = 0
  return {
    isFirst: inherited === undefined,
    claimPath() {
      const first = inherited === undefined ? own : (base ?? own)
      return claimFile(folder, first) ? first : other(folder, first, program)
    },
    siblings: (path) =>
      familyOf(base ?? own, program).filter((one) => one !== resolve(path) && !isNew(folder, one)),
    placeOf: (path) =>
      resolve(path) === resolve(base ?? own) ? 0 : Number(/-(\d+)\.yaml$/.exec(path)?.[1] ?? 1),
    take: (recording) => claim(join(folder, 'played'), recording) !== undefined,
    leaveFailure(message) {
      mkdirSync(failures, { recursive: true })
      writeFileSync(join(failures, `${process.pid}-${threadId}-${left++}`), message)
    },
    failures: () => readFailures(failures),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function readFailures(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  } catch {
    // The folder does not exist: there are no failures.
    return []
  }
}

/** The next free name if `app.yaml` is taken: `app.worker.yaml`, `app.worker-2.yaml` ... in the order of the calls. */
function other(folder: string, base: string, program: string): string {
  const named = namedAfter(base, program)
  for (let n = named === stemOf(base) ? 2 : 1; ; n++) {
    const path = `${named}${n === 1 ? '' : `-${n}`}.yaml`
    if (claimFile(folder, path)) return path
  }
}

const isNumber = (text: string): boolean => /^(?:-\d+)?\.yaml$/.test(text)

/** All existing cassettes of a program, absolute, and `app.yaml`, which any program may have taken. */
function familyOf(base: string, program: string): string[] {
  const start = basename(namedAfter(base, program))
  const isFamily = (name: string): boolean =>
    name === basename(base) || (name.startsWith(start) && isNumber(name.slice(start.length)))
  return filesIn(dirname(base))
    .filter(isFamily)
    .toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1))
    .map((name) => resolve(dirname(base), name))
}

const stemOf = (base: string): string => base.slice(0, base.length - extname(base).length)

const namedAfter = (base: string, program: string): string =>
  basename(stemOf(base)) === program ? stemOf(base) : `${stemOf(base)}.${program}`

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Takes a cassette. If the file does not exist yet, marks it as new: everything in it will come from this run. */
function claimFile(folder: string, path: string): boolean {
  const claimed = claim(join(folder, 'claims'), resolve(path))
  if (claimed === undefined) return false
  writeFileSync(join(claimed, PATH), resolve(path))
  if (!existsSync(path)) writeFileSync(join(claimed, NEW), '')
  return true
}

const NEW = 'new'
const PATH = 'path'
const isNew = (folder: string, path: string): boolean =>
  existsSync(join(folder, 'claims', digest(resolve(path)), NEW))

/** @returns the folder that marks the claim; `undefined` if another process was first */
function claim(folder: string, what: string): string | undefined {
  const claimed = join(folder, digest(what))
  mkdirSync(folder, { recursive: true })
  try {
    mkdirSync(claimed)
    return claimed
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined
    throw error
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
