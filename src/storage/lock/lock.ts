import { randomBytes } from 'node:crypto'
import { closeSync, fchmodSync, openSync, unlinkSync } from 'node:fs'

import { realNow } from '../../clock.ts'
import { CassetteLockedError } from '../../errors/cassette-locked-error.ts'
import { codeOf } from '../fs-problem.ts'
import { holderOf, isLive, type Owner, ownerIn, readOwner, type RunIdentity, writeOwner } from './owner.ts'
import { openTrusted, type Untrusted } from './trusted-file.ts'

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
/** Bodies may be private even if the cassette is not yet: only its user reads a journal. */
const PRIVATE_MODE = 0o600

/**
 * Makes `file`, or takes it over from a run that has ended, with its content. If several processes try, one gets it:
 * before a takeover, a process makes a claim file named after the old run, exclusively, and then looks at the owner
 * again. A claim file that its maker left is taken over in the same way.
 * @throws {CassetteLockedError} if the owner is alive, or runs on another machine and cannot be asked; if `file` is not a
 *   journal of this user, which is then not touched
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
    if (owner !== 'unsigned' && 'problem' in owner) throw notOurs(owner, file, cassettePath)
    if (owner !== 'unsigned' && isLive(owner, self)) throw lockedBy(owner, file, cassettePath, self)
    const taken = takeOver(file, owner, run, cassettePath, self)
    if (taken !== undefined) return { fd: taken, run, previous: owner === 'unsigned' ? undefined : owner }
  }
}

/** @returns the open file; `undefined` if it has another owner by now */
function takeOver(
  file: string,
  owner: Owner | 'unsigned',
  run: string,
  cassettePath: string,
  self: RunIdentity,
): number | undefined {
  const claim = `${file}.${owner === 'unsigned' ? 'claim' : owner.run}`
  const { fd } = acquireLock(claim, cassettePath, self)
  closeSync(fd)
  try {
    const taken = openTrusted(file, 'write')
    if (typeof taken !== 'number') return undefined
    const current = ownerIn(taken)
    const isSame =
      owner === 'unsigned' ? 'unsigned' in current : 'run' in current && current.run === owner.run
    // If another process took the file over in the meantime, the owner's run is a different one.
    if (!isSame) {
      closeSync(taken)
      return undefined
    }
    fchmodSync(taken, PRIVATE_MODE)
    writeOwner(taken, self, run, false)
    return taken
  } finally {
    unlinkSync(claim)
  }
}

/** Waits until the first line has been written. @returns the owner; `unsigned` if the line never came. */
function settledOwner(file: string): Owner | Untrusted | 'unsigned' | undefined {
  // Counts polls instead of reading the clock: clocks differ between machines, and tests stop them.
  for (let polls = 0; polls < HEADER_GRACE_MS / POLL_MS; polls++) {
    const owner = readOwner(file)
    if (owner === undefined || !('unsigned' in owner)) return owner
    if (realNow() - owner.touched > HEADER_GRACE_MS) return 'unsigned'
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS)
  }
  return 'unsigned'
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
    return openSync(file, 'wx+', PRIVATE_MODE)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined
    throw error
  }
}

function lockedBy(owner: Owner, lock: string, path: string, self: RunIdentity): CassetteLockedError {
  return new CassetteLockedError({ path, lock, pid: owner.pid, holder: holderOf(owner, self) })
}

function notOurs({ problem }: Untrusted, lock: string, path: string): CassetteLockedError {
  return new CassetteLockedError({ path, lock, problem })
}
