import { randomBytes } from 'node:crypto'
import { closeSync, openSync, unlinkSync } from 'node:fs'
import { CassetteLockedError } from '../errors/cassette-locked-error.ts'
import { codeOf } from './fs-problem.ts'
import { holderOf, isLive, type Owner, readOwner, type RunIdentity, writeOwner } from './owner.ts'

export interface Lock {
  /** Open for reading and writing. */
  readonly fd: number
  readonly run: string
  /** The run that left the file, if there was one. */
  readonly previous: Owner | undefined
}

/** How long a process may take from creating a lock file to writing its first line, ms. It does nothing in between. */
const HEADER_GRACE_MS = 2000
const POLL_MS = 10

/**
 * Makes `file`, or takes it over from a run that has ended, with its content. If several processes try, one gets it:
 * before a takeover, a process makes a claim file named after the old run, exclusively, and then looks at the owner
 * again. A claim file that its maker left is taken over in the same way.
 * @throws {CassetteLockedError} if the owner is alive, or runs on another machine and cannot be asked
 */
export function acquireLock(file: string, cassettePath: string, self: RunIdentity): Lock {
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

/** @returns the open file; `undefined` if it has another owner by now */
function takeOver(
  file: string,
  owner: Owner | 'unreadable',
  run: string,
  cassettePath: string,
  self: RunIdentity,
): number | undefined {
  const claim = `${file}.${owner === 'unreadable' ? 'claim' : owner.run}`
  const { fd } = acquireLock(claim, cassettePath, self)
  closeSync(fd)
  try {
    const current = settledOwner(file)
    const isSame =
      current !== undefined &&
      (current === 'unreadable' ? owner === current : owner !== 'unreadable' && current.run === owner.run)
    // If another process took the file over in the meantime, the owner's run is a different one.
    if (!isSame || current === undefined) return undefined
    const taken = openSync(file, 'r+')
    writeOwner(taken, self, run, false)
    return taken
  } finally {
    unlinkSync(claim)
  }
}

/** Waits until the first line has been written. @returns the owner; `unreadable` if the line never came. */
function settledOwner(file: string): Owner | 'unreadable' | undefined {
  // Counts polls instead of reading the clock: clocks differ between machines, and tests stop them.
  for (let polls = 0; polls < HEADER_GRACE_MS / POLL_MS; polls++) {
    const owner = readOwner(file)
    if (owner === undefined) return undefined
    if (!('unreadable' in owner)) return owner
    if (Date.now() - owner.touched > HEADER_GRACE_MS) return 'unreadable'
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS)
  }
  return 'unreadable'
}

/** Writes the owner's line. If that fails, removes the file: other processes would wait for the line. */
function sign(file: string, fd: number, self: RunIdentity, run: string): void {
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

function lockedBy(owner: Owner, lock: string, path: string, self: RunIdentity): CassetteLockedError {
  return new CassetteLockedError({ path, lock, pid: owner.pid, holder: holderOf(owner, self) })
}
