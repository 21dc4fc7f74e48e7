import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readFileSync, renameSync, rmSync, unlinkSync } from 'node:fs'

import { realNow } from '../../clock.ts'
import { CassetteLockedError } from '../../errors/cassette-locked-error.ts'
import { codeOf } from '../fs-problem.ts'
import { writeFully } from '../replace-file.ts'
import type { RunIdentity } from './identity.ts'
import { holderOf, isLive, type Owner, OWNER_LINE_BYTES, ownerIn, readOwner, writeOwner } from './owner.ts'
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
  const claimed = acquireLock(claim, cassettePath, self)
  closeSync(claimed.fd)
  try {
    // A claimer that was killed may have left its copy.
    if (claimed.previous) rmSync(copyOf(file, claimed.previous.run), { force: true })
    const content = contentOf(file, owner)
    return (
      content &&
      replaceLock(file, copyOf(file, claimed.run), (fd) => {
        writeOwner(fd, self, run, false)
        writeFully(fd, content, OWNER_LINE_BYTES)
      })
    )
  } finally {
    unlinkSync(claim)
  }
}

const copyOf = (file: string, run: string): string => `${file}.${run}.new`

/** What follows the first line. `undefined`: the file has another owner by now, because another process took it over. */
function contentOf(file: string, owner: Owner | 'unsigned'): Buffer | undefined {
  const fd = openTrusted(file)
  if (typeof fd !== 'number') return undefined
  try {
    const current = ownerIn(fd)
    const isSame =
      owner === 'unsigned' ? 'unsigned' in current : 'run' in current && current.run === owner.run
    return isSame ? readFileSync(fd).subarray(OWNER_LINE_BYTES) : undefined
  } finally {
    closeSync(fd)
  }
}

/** A new file: a former owner that is not dead but stopped for long still has the old one, and writes into that. */
function replaceLock(file: string, copy: string, write: (fd: number) => void): number {
  rmSync(copy, { force: true })
  const fd = openSync(copy, 'wx+', PRIVATE_MODE)
  try {
    write(fd)
    renameSync(copy, file)
    return fd
  } catch (error) {
    closeSync(fd)
    rmSync(copy, { force: true })
    throw error
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
