import { closeSync, existsSync, fstatSync, readSync, writeSync } from 'node:fs'
import { type Timer, timer } from '../../clock.ts'
import { codeOf } from '../fs-problem.ts'
import { type KernelThread, type RunIdentity, startOf } from './identity.ts'
import { openTrusted, type Untrusted } from './trusted-file.ts'

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
  /** When the file was last written, milliseconds since the epoch. The owner does that every {@link BEAT_MS}. */
  readonly touched: number
  readonly kernel?: KernelThread
}

/** The owner's line always has this length, so that a new one overwrites it exactly. */
export const OWNER_LINE_BYTES = 400
const MAX_HOST_CHARACTERS = 100
/** How often a living owner writes to the file, ms. */
const BEAT_MS = 2000
/** An owner in another pid namespace of this machine is dead if it has not written for so long, ms. */
const SILENT_MS = 10_000
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
  { pid, threadId, host, now, kernel }: RunIdentity,
  run: string,
  left: boolean,
): void {
  const words = {
    cassette_journal: 1,
    pid,
    thread: threadId,
    host: hostName(host),
    started: now,
    run,
    left,
    ...kernel,
  }
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
  const fd = openTrusted(file)
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

/** Says again and again that the owner is alive: other pid namespaces and machines see when the file was last written. */
export function keepBeating(fd: number): Timer {
  const beat = timer(
    () => {
      try {
        writeSync(fd, '\n', OWNER_LINE_BYTES - 1)
      } catch {
        // A disk that is full now may have room at the next beat.
      }
      beat.restart()
    },
    BEAT_MS,
    false,
  )
  return beat
}

/**
 * Whether the owner may still be recording. In doubt the answer is yes: a process on another machine cannot be asked. In the
 * same pid namespace the kernel tells it; in another one of the same machine, the time of the last write.
 */
export function isLive(owner: Owner, self: RunIdentity): boolean {
  if (owner.left) return false
  const now = Date.parse(self.now)
  const where = whereIs(owner, self)
  if (where === 'namespace') return now - owner.touched < SILENT_MS
  if (where === 'machine') return now - Math.max(Date.parse(owner.started), owner.touched) < DAY_MS
  const isHere = owner.pid === self.pid && owner.threadId === self.threadId
  if (isHere) return openRuns().has(owner.run)
  const { tid, start } = owner.kernel ?? {}
  if (tid !== undefined && self.kernel?.tid !== undefined) return startOf(owner.pid, tid) === start
  if (owner.pid !== self.pid) return isRunning(owner.pid)
  // The owner is another thread of this process, or an earlier process with the same pid, as happens in containers.
  return Date.parse(owner.started) >= now - process.uptime() * 1000 - START_SLACK_MS
}

/** Where the numbers of the owner count: here, in another pid namespace of this machine, or on another machine. */
function whereIs(owner: Owner, self: RunIdentity): 'here' | 'namespace' | 'machine' {
  const isSameHost = owner.host === hostName(self.host)
  if (owner.kernel === undefined || self.kernel === undefined) return isSameHost ? 'here' : 'machine'
  if (owner.kernel.space === self.kernel.space) return 'here'
  const [[boot], [ownBoot]] = [owner.kernel.space.split('-'), self.kernel.space.split('-')]
  // A machine of the same name that was started anew is most probably this one: its owner is gone, and silent.
  return boot === ownBoot || isSameHost ? 'namespace' : 'machine'
}

export function holderOf(owner: Owner, self: RunIdentity): string {
  const where = whereIs(owner, self)
  if (where === 'machine')
    return `process ${owner.pid} on the machine ${owner.host} (believed for a day after it last wrote)`
  if (where === 'namespace')
    return `process ${owner.pid} of another container or pid namespace (believed for 10 seconds after its last sign of life)`
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
  const kernel = kernelIn(words)
  return { pid, threadId: thread, host, started, run, left: left === true, ...(kernel && { kernel }) }
}

function kernelIn({ space, tid, start }: Record<string, unknown>): KernelThread | undefined {
  if (typeof space !== 'string') return undefined
  if (!Number.isInteger(tid) || typeof start !== 'string') return { space }
  return { space, tid: Number(tid), start }
}

function isRunning(pid: number): boolean {
  // 0 and negative numbers would address process groups.
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false
  }
  return process.platform !== 'linux' || !existsSync(`/proc/${pid}/task`) || startOf(pid, pid) !== undefined
}

/** In ASCII, so that the owner's line has room for it. */
function hostName(host: string): string {
  return host.replaceAll(/[^!-~]|["\\]/g, '?').slice(0, MAX_HOST_CHARACTERS)
}
