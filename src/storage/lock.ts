import { randomBytes } from 'node:crypto'
import { closeSync, openSync, unlinkSync } from 'node:fs'
import { CassetteLockedError } from '../errors/cassette-locked-error.ts'
import { codeOf } from './fs-problem.ts'
import { holderOf, isLive, type Owner, readOwner, type Recorder, writeOwner } from './owner.ts'

export interface Lock {
  /** Open for reading and writing. */
  readonly fd: number
  readonly run: string
  /** The run that left the file behind, where there is one. */
  readonly previous: Owner | undefined
}

/** Between creating a lock file and writing its first line a process does nothing else. */
const HEADER_GRACE_MS = 2000
const POLL_MS = 10

/**
 * Makes `file`, or takes it over from a run that is no more, with what is in it. Of several that try, one gets it:
 * whoever takes over the file of a run must first have made, exclusively, a claim file named after that run, and look
 * again then. Claims left behind are taken over in the same way.
 * @throws {CassetteLockedError} a live owner, or one that cannot be asked
 */
export function acquireLock(file: string, cassettePath: string, self: Recorder): Lock {
  const run = randomBytes(4).toString('hex')
  for (;;) {
    const fd = createExclusively(file)
    if (fd !== undefined) {
      sign(file, fd, self, run)
      return { fd, run, previous: undefined }
    }
    const owner = settledOwner(file)
    if (owner === undefined) continue
    if (owner !== 'unreadable' && isLive(owner, self)) throw lockedBy(owner, file, cassettePath, self)
    const taken = takeOver(file, owner, run, cassettePath, self)
    if (taken !== undefined) return { fd: taken, run, previous: owner === 'unreadable' ? undefined : owner }
  }
}

/** `undefined`: the file is no longer that owner's. */
function takeOver(
  file: string,
  owner: Owner | 'unreadable',
  run: string,
  cassettePath: string,
  self: Recorder,
): number | undefined {
  const claim = `${file}.${owner === 'unreadable' ? 'claim' : owner.run}`
  const { fd } = acquireLock(claim, cassettePath, self)
  closeSync(fd)
  try {
    const current = settledOwner(file)
    const isSame =
      current !== undefined &&
      (current === 'unreadable' ? owner === current : owner !== 'unreadable' && current.run === owner.run)
    // Left and taken up again in the meantime: the same run never comes back to life, but its mark may be new.
    if (!isSame || current === undefined) return undefined
    const taken = openSync(file, 'r+')
    writeOwner(taken, self, run, false)
    return taken
  } finally {
    unlinkSync(claim)
  }
}

/** The owner, once the first line has been written; `unreadable`: it never was. */
function settledOwner(file: string): Owner | 'unreadable' | undefined {
  // Counted, not timed: clocks differ between machines, and tests stop them.
  for (let polls = 0; polls < HEADER_GRACE_MS / POLL_MS; polls++) {
    const owner = readOwner(file)
    if (owner === undefined) return undefined
    if (!('unreadable' in owner)) return owner
    if (Date.now() - owner.touched > HEADER_GRACE_MS) return 'unreadable'
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS)
  }
  return 'unreadable'
}

/** A file without an owner would keep others waiting: with no room for the line, it goes again. */
function sign(file: string, fd: number, self: Recorder, run: string): void {
  try {
    writeOwner(fd, self, run, false)
  } catch (error) {
    closeSync(fd)
    unlinkSync(file)
    throw error
  }
}

function createExclusively(file: string): number | undefined {
  try {
    return openSync(file, 'wx+')
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined
    throw error
  }
}

function lockedBy(owner: Owner, lock: string, path: string, self: Recorder): CassetteLockedError {
  return new CassetteLockedError({ path, lock, pid: owner.pid, holder: holderOf(owner, self) })
}
