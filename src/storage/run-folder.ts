import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { threadId } from 'node:worker_threads'

/**
 * What the processes and threads of one preloaded run share: which cassettes are taken, and what was missed. The first
 * of them, or `cassette run`, makes the folder and removes it; the others find it in the environment.
 */
const FOLDER = 'CASSETTE_RUN_DIR'
/** The first process's cassette, absolute: the others' are named after it. */
const BASE = 'CASSETTE_RUN_PATH'

export interface RunFolder {
  /** Whether this is the process that the others come from. */
  readonly isFirst: boolean
  /** The path of a cassette that no other process or thread of the run writes to. */
  claimPath(): string
  /**
   * Cassettes of former runs that may hold what this process is to replay: which of several that run the same program
   * took which is a matter of timing.
   */
  siblings(path: string): string[]
  /** Whether a recording is still to be played in this run; from now on it is not. */
  take(recording: string): boolean
  /** Leaves a miss or another failure for the first process to report. */
  leaveFailure(message: string): void
  /** What the others have left, in no particular order. */
  failures(): string[]
  remove(): void
}

/** Begins a run for a program that is not preloaded itself, as `cassette run` does. `path`: the first cassette. */
export function beginRun(path: string | undefined): {
  /** What the program has to find in its environment. */
  readonly env: Readonly<Record<string, string>>
  failures(): string[]
  remove(): void
} {
  const folder = mkdtempSync(join(tmpdir(), 'cassette-run-'))
  return {
    env: { [FOLDER]: folder, ...(path === undefined ? {} : { [BASE]: resolve(path) }) },
    failures: () => readFailures(join(folder, 'failures')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Joins the run this process belongs to, or begins one. */
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
    // Nobody has left any.
    return []
  }
}

/** `app.yaml` is taken: `app.worker.yaml`, `app.worker-2.yaml` ... in the order in which they ask. */
function other(folder: string, base: string, program: string): string {
  const named = namedAfter(base, program)
  for (let n = named === stemOf(base) ? 2 : 1; ; n++) {
    const path = `${named}${n === 1 ? '' : `-${n}`}.yaml`
    if (claimFile(folder, path)) return path
  }
}

const isNumber = (text: string): boolean => /^(?:-\d+)?\.yaml$/.test(text)

/** All of these that there are, absolute; and `app.yaml`, which any program may have taken. */
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

/** Notes a cassette that there was not before this run: what it will hold is of this run. */
function claimFile(folder: string, path: string): boolean {
  const claimed = claim(join(folder, 'claims'), resolve(path))
  if (claimed === undefined) return false
  if (!existsSync(path)) writeFileSync(join(claimed, NEW), '')
  return true
}

const NEW = 'new'
const isNew = (folder: string, path: string): boolean =>
  existsSync(join(folder, 'claims', digest(resolve(path)), NEW))

/** @returns the folder that says so; `undefined`: another was first */
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
