import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, extname, join, resolve } from 'node:path'
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
      if (inherited === undefined) return claim(folder, own) ? own : other(folder, own, program)
      return base !== undefined && claim(folder, base) ? base : other(folder, base ?? own, program)
    },
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
  const stem = base.slice(0, base.length - extname(base).length)
  const named = basename(stem) === program ? stem : `${stem}.${program}`
  for (let n = named === stem ? 2 : 1; ; n++) {
    const path = `${named}${n === 1 ? '' : `-${n}`}.yaml`
    if (claim(folder, path)) return path
  }
}

function claim(folder: string, path: string): boolean {
  const name = createHash('sha256').update(resolve(path)).digest('hex')
  const claims = join(folder, 'claims')
  mkdirSync(claims, { recursive: true })
  try {
    mkdirSync(join(claims, name))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
