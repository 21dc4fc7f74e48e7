import { closeSync, fstatSync, readFileSync, readSync, writeSync } from 'node:fs'
import { codeOf } from '../fs-problem.ts'
import { openTrusted, type Untrusted } from './trusted-file.ts'

/** The process and thread that open a journal, and when they do it. */
export interface RunIdentity {
  readonly pid: number
  readonly threadId: number
  /** The machine's name. */
  readonly host: string
  /** ISO 8601. */
  readonly now: string
}

/** The owner of a lock file, as its first line names it. */
export interface Owner {
  readonly pid: number
  readonly threadId: number
  readonly host: string
  /** ISO 8601. */
  readonly started: string
  /** Different for every run. */
  readonly run: string
  /** The run has ended and keeps the file for the next run. */
  readonly left: boolean
  /** When the file was last written, milliseconds since the epoch. */
  readonly touched: number
}

/** The owner's line always has this length, so that a new one overwrites it exactly. */
export const OWNER_LINE_BYTES = 400
const MAX_HOST_CHARACTERS = 100
const DAY_MS = 24 * 60 * 60 * 1000
/** The recorded start of a process and its uptime may disagree by this much, ms. */
const START_SLACK_MS = 2000

/** The runs that this thread has open. All copies of the package share this set. */
const OPEN_RUNS = Symbol.for('cassette.open-runs')

export function openRuns(): Set<string> {
  const holder = process as typeof process & { [OPEN_RUNS]?: Set<string> }
  holder[OPEN_RUNS] ??= new Set()
  return holder[OPEN_RUNS]
}

// Set when this module loads: Jest copies `process` into its VM before test code runs, and later additions are not seen.
openRuns()

/** Every journal begins with this. */
const LINE_START = '# {"cassette_journal":1,'

export function writeOwner(
  fd: number,
  { pid, threadId, host, now }: RunIdentity,
  run: string,
  left: boolean,
): void {
  const words = { cassette_journal: 1, pid, thread: threadId, host: hostName(host), started: now, run, left }
  const line = Buffer.from(
    `# ${JSON.stringify(words)}`.padEnd(OWNER_LINE_BYTES - 1).slice(0, OWNER_LINE_BYTES - 1) + '\n',
  )
  for (let done = 0; done < line.length;) done += writeSync(fd, line, done, line.length - done, done)
}

/** A file whose owner is still to write its first line, or died while writing it. */
export interface Unsigned {
  readonly unsigned: true
  /** When the file was last written, milliseconds since the epoch. */
  readonly touched: number
}

/** @returns `undefined` if the file does not exist */
export function readOwner(file: string): Owner | Unsigned | Untrusted | undefined {
  const fd = openTrusted(file, 'read')
  if (typeof fd !== 'number') return fd
  try {
    return ownerIn(fd)
  } finally {
    closeSync(fd)
  }
}

/** The owner that the first line of an open file names. */
export function ownerIn(fd: number): Owner | Unsigned | Untrusted {
  const bytes = Buffer.alloc(OWNER_LINE_BYTES)
  const line = bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0))
  const touched = fstatSync(fd).mtimeMs
  const owner = parseOwner(line)
  if (owner !== undefined) return { ...owner, touched }
  const begins = line.startsWith(LINE_START) || LINE_START.startsWith(line)
  return begins && line.length < OWNER_LINE_BYTES
    ? { unsigned: true, touched }
    : { problem: 'is not a journal' }
}

/**
 * Whether the owner may still be recording. In doubt the answer is yes: another program may have the pid by now, and a
 * process on another machine cannot be asked.
 */
export function isLive(owner: Owner, self: RunIdentity): boolean {
  if (owner.left) return false
  const now = Date.parse(self.now)
  if (owner.host !== hostName(self.host)) {
    return now - Math.max(Date.parse(owner.started), owner.touched) < DAY_MS
  }
  if (owner.pid !== self.pid) return isRunning(owner.pid)
  if (owner.threadId === self.threadId) return openRuns().has(owner.run)
  // The owner is another thread of this process, or an earlier process with the same pid, as happens in containers.
  return Date.parse(owner.started) >= now - process.uptime() * 1000 - START_SLACK_MS
}

export function holderOf(owner: Owner, self: RunIdentity): string {
  if (owner.host !== hostName(self.host)) {
    return `process ${owner.pid} on the machine ${owner.host} (believed for a day after it last wrote)`
  }
  if (owner.pid === self.pid && owner.threadId !== self.threadId) {
    return `thread ${owner.threadId} of this process (${owner.pid})`
  }
  return owner.pid === self.pid ? `this process (${owner.pid})` : `process ${owner.pid}`
}

function parseOwner(line: string): Omit<Owner, 'touched'> | undefined {
  if (!line.startsWith(LINE_START)) return undefined
  let words: Record<string, unknown>
  try {
    words = JSON.parse(line.slice(1)) as Record<string, unknown>
  } catch {
    return undefined
  }
  const { pid, thread, host, started, run, left } = words
  if (typeof pid !== 'number' || typeof thread !== 'number' || typeof host !== 'string') return undefined
  if (typeof started !== 'string' || Number.isNaN(Date.parse(started))) return undefined
  // The run becomes part of file names.
  if (typeof run !== 'string' || !/^[0-9a-f]{8,32}$/.test(run)) return undefined
  return { pid, threadId: thread, host, started, run, left: left === true }
}

function isRunning(pid: number): boolean {
  // 0 and negative numbers would address process groups.
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false
  }
  return !isZombie(pid)
}

/** Whether a process has ended but its parent has not yet collected it. In a container, pid 1 may never do so. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  } catch {
    return false
  }
}

function hostName(host: string): string {
  return host.slice(0, MAX_HOST_CHARACTERS)
}
