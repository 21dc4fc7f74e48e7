import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
} from 'node:fs'
import { dirname } from 'node:path'

import type { Timer } from '../clock.ts'
import type { CassetteEntry } from '../cassette/cassette.ts'
import type { EntryText } from '../cassette/envelope.ts'
import { CassetteLockedError } from '../errors/cassette-locked-error.ts'
import { CassettePathError } from '../errors/cassette-path-error.ts'
import { CassetteWriteError } from '../errors/cassette-write-error.ts'
import { pathError, targetOf, versionOf } from './file.ts'
import { makeFolders, removeEmptyFolders } from './folders.ts'
import { codeOf, isFull, problemOf } from './fs-problem.ts'
import { acquireLock, type Lock } from './lock/lock.ts'
import { readLeft } from './leftover.ts'
import type { RunIdentity } from './lock/identity.ts'
import { keepBeating, openRuns, OWNER_LINE_BYTES, writeOwner } from './lock/owner.ts'
import { committingMark, finishedMark, JOURNAL_HEAD } from './journal-records.ts'
import { encoded, replaceFile, writeFully } from './replace-file.ts'
import { sweepSidecars } from './sidecars.ts'

/** The lock of a recording run on its cassette, and on disk the exchanges that the run has finished so far. */
export interface Journal {
  /** The finished exchanges of interrupted runs, in the order in which they were written. */
  readonly recovered: readonly CassetteEntry[]
  /** The `versionOf` the cassette when the lock was taken. A cassette that was read before may be older. */
  readonly version: string | undefined
  /**
   * Writes an item (`interactionText`). From then on it survives the end of this process.
   * @throws {CassetteWriteError} if the disk refuses the item, or if the run has ended
   */
  append(text: string): void
  /**
   * Replaces the cassette with `content`, completely or not at all, and ends the run.
   * @throws {CassetteWriteError} if that fails: the cassette is unchanged, and the journal stays for the next run. Also if
   *   somebody removed the journal and another run changed the cassette, or is recording it
   */
  commit(content: Iterable<EntryText>): void
  /** Ends the run and deletes what it recorded and recovered. */
  discard(): void
  /** Ends the run and keeps what it recorded for the next run. */
  leave(): void
}

/**
 * Begins a recording run: locks the cassette with the file `<path>.recording`, and recovers what an earlier run left in
 * that file. Makes the folders that are missing.
 * @param path absolute; links are followed, so that both names of a cassette have one lock
 * @throws {CassetteLockedError} if another live process, or another thread of this one, is recording the cassette
 * @throws {CassettePathError} if the file cannot be written
 * @throws {CassetteWriteError} if the disk is full or broken
 */
export function openJournal(path: string, recorder: RunIdentity): Journal {
  let folders: string[] = []
  try {
    const target = targetOf(path)
    // Reports a name that is too long now, not after everything has been recorded.
    lstatSync(temporaryOf(target, '00000000'), { throwIfNoEntry: false })
    folders = makeFolders(dirname(target))
    const lock = acquireLock(`${target}.recording`, path, recorder)
    openRuns().add(lock.run)
    const run = new JournalRun({ path, target, recorder, lock, folders })
    run.recover()
    return run
  } catch (error) {
    removeEmptyFolders(folders)
    if (error instanceof CassetteLockedError || error instanceof CassettePathError) throw error
    if (isFull(error)) throw new CassetteWriteError({ path, problem: problemOf(error) }, { cause: error })
    throw pathError(path, error)
  }
}

interface RunDetails {
  readonly path: string
  readonly target: string
  readonly recorder: RunIdentity
  readonly lock: Lock
  readonly folders: readonly string[]
}

class JournalRun implements Journal {
  readonly #details: RunDetails
  readonly #file: string
  readonly #beat: Timer
  readonly version: string | undefined
  #recovered: readonly CassetteEntry[] = []
  /** Where the next record goes, bytes from the start of the file. */
  #end = OWNER_LINE_BYTES + JOURNAL_HEAD.length
  #appended = 0
  #isOpen = true

  constructor(details: RunDetails) {
    this.#details = details
    this.#file = `${details.target}.recording`
    this.version = versionOf(details.target)
    this.#beat = keepBeating(details.lock.fd)
  }

  get recovered(): readonly CassetteEntry[] {
    return this.#recovered
  }

  recover(): void {
    const { target, lock } = this.#details
    try {
      if (lock.previous !== undefined) rmSync(temporaryOf(target, lock.previous.run), { force: true })
      const { entries, end } = readLeft(readFileSync(lock.fd), this.#file, target)
      this.#recovered = entries
      this.#end = end
      ftruncateSync(lock.fd, end)
      writeFully(lock.fd, JOURNAL_HEAD, OWNER_LINE_BYTES)
      // A rename would replace even a read-only cassette, against the wish of the person who protected it.
      if (statSync(target, { throwIfNoEntry: false }) !== undefined) accessSync(target, constants.W_OK)
    } catch (error) {
      this.leave()
      throw error
    }
  }

  append(text: string): void {
    if (!this.#isOpen) throw this.#writeError(new Error('the recording run has ended'))
    const { fd } = this.#details.lock
    let end = this.#end
    const write = (bytes: Uint8Array): void => {
      writeFully(fd, bytes, end)
      end += bytes.length
    }
    try {
      for (const bytes of encoded(text)) write(bytes)
      if (!text.endsWith('\n')) write(Buffer.from('\n'))
      write(Buffer.from(finishedMark(end - this.#end)))
    } catch (error) {
      this.#forgetPart()
      throw this.#writeError(error)
    }
    this.#end = end
    this.#appended++
  }

  commit(content: Iterable<EntryText>): void {
    if (!this.#isOpen) throw this.#writeError(new Error('the recording run has ended'))
    const { target, lock } = this.#details
    try {
      this.#checkJournal()
      replaceFile(target, temporaryOf(target, lock.run), content, ({ ino, size }) => this.#mark(ino, size))
    } catch (error) {
      this.leave()
      throw this.#writeError(error)
    }
    this.#remove()
  }

  discard(): void {
    if (!this.#isOpen) return
    this.#remove()
    removeEmptyFolders(this.#details.folders)
  }

  leave(): void {
    if (!this.#isOpen) return
    if (this.#appended === 0 && this.#recovered.length === 0) return this.discard()
    const { lock, recorder } = this.#details
    // If this fails, the file is free only after this process has ended.
    tryTo(() => writeOwner(lock.fd, recorder, lock.run, true))
    this.#close()
  }

  /** Tells the next run that the cassette is complete, if the process is killed after the rename but before the removal. */
  #mark(inode: bigint, bytes: bigint): void {
    const { fd } = this.#details.lock
    try {
      const mark = Buffer.from(committingMark({ inode, bytes }))
      writeFully(fd, mark, this.#end)
      fsyncSync(fd)
      this.#end += mark.length
    } catch {
      // The cassette is written even if the disk has no room for this line.
      this.#forgetPart()
    }
  }

  /** Cuts off what a failed write may have left, so that the next record begins cleanly. */
  #forgetPart(): void {
    // If this fails too, recovery compares each record with its length and drops those that do not fit.
    tryTo(() => ftruncateSync(this.#details.lock.fd, this.#end))
  }

  /** Somebody may have deleted the lock file, or taken this process for dead. */
  #checkJournal(): void {
    if (this.#isReplaced()) throw new Error(`${this.#file} was deleted, and another run has begun`)
    const isGone = lstatSync(this.#file, { throwIfNoEntry: false }) === undefined
    if (isGone && versionOf(this.#details.target) !== this.version)
      throw new Error(`${this.#file} was deleted, and another run has changed the cassette`)
  }

  /** Whether somebody deleted the lock file and another run made a new one. */
  #isReplaced(): boolean {
    const found = lstatSync(this.#file, { bigint: true, throwIfNoEntry: false })
    return found !== undefined && found.ino !== fstatSync(this.#details.lock.fd, { bigint: true }).ino
  }

  #remove(): void {
    const { lock, recorder, target } = this.#details
    try {
      if (this.#isReplaced()) return this.#close()
      sweepSidecars(target)
      unlinkSync(this.#file)
    } catch (error) {
      // If the file cannot be removed, this tells the next run that nobody holds it.
      if (codeOf(error) !== 'ENOENT') tryTo(() => writeOwner(lock.fd, recorder, lock.run, true))
    }
    this.#close()
  }

  #close(): void {
    this.#isOpen = false
    this.#beat.stop()
    openRuns().delete(this.#details.lock.run)
    closeSync(this.#details.lock.fd)
  }

  #writeError(error: unknown): CassetteWriteError {
    const kept = this.#appended + this.#recovered.length > 0
    return new CassetteWriteError(
      { path: this.#details.path, problem: problemOf(error), ...(kept ? { journal: this.#file } : {}) },
      { cause: error },
    )
  }
}

function tryTo(action: () => void): void {
  try {
    action()
  } catch {} // Each caller says why the error can be ignored.
}

function temporaryOf(target: string, run: string): string {
  return `${target}.recording.${run}.new`
}
