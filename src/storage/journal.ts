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
import type { CassetteEntry } from '../cassette/cassette.ts'
import type { EntryText } from '../cassette/envelope.ts'
import { CassetteLockedError } from '../errors/cassette-locked-error.ts'
import { CassettePathError } from '../errors/cassette-path-error.ts'
import { CassetteWriteError } from '../errors/cassette-write-error.ts'
import { pathError, targetOf } from './file.ts'
import { makeFolders, removeEmptyFolders } from './folders.ts'
import { codeOf, problemOf } from './fs-problem.ts'
import { acquireLock, type Lock } from './lock.ts'
import { isCommitted } from './leftover.ts'
import { openRuns, OWNER_LINE_BYTES, type Recorder, writeOwner } from './owner.ts'
import { committingMark, finishedMark, JOURNAL_HEAD, readJournal } from './journal-records.ts'
import { encoded, replaceFile, writeFully } from './replace-file.ts'

/** A recording run's hold on a cassette, and what the run has finished so far, on disk. */
export interface Journal {
  /** Finished exchanges of runs that did not end well, in the order they were written. */
  readonly recovered: readonly CassetteEntry[]
  /**
   * Writes an item (`interactionText`), which from then on survives the end of this process.
   * @throws {CassetteWriteError}
   */
  append(text: string): void
  /**
   * Replaces the cassette with `content`, as a whole or not at all, and ends the run.
   * @throws {CassetteWriteError} the cassette is as it was, the journal stays for the next run
   */
  commit(content: Iterable<EntryText>): void
  /** Ends the run and forgets what it recorded, and what it recovered. */
  discard(): void
  /** Ends the run and leaves what it recorded to the next one. */
  leave(): void
}

/**
 * Begins a recording run: takes `<path>.recording`, which only one run has at a time, and picks up what an earlier run
 * left in it. Folders that are missing are made.
 * @param path absolute; a link is followed, so that both names of a cassette have one lock
 * @throws {CassetteLockedError} another live process, or another thread of this one, is recording it
 * @throws {CassettePathError} nothing can be written there
 */
export function openJournal(path: string, recorder: Recorder): Journal {
  let folders: string[] = []
  try {
    const target = targetOf(path)
    // A name that is too long for the file system says so here, not when everything has been recorded.
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
  readonly recorder: Recorder
  readonly lock: Lock
  /** Folders made for this run. */
  readonly folders: readonly string[]
}

class JournalRun implements Journal {
  readonly #details: RunDetails
  readonly #file: string
  #recovered: readonly CassetteEntry[] = []
  /** Where the next record goes. */
  #end = OWNER_LINE_BYTES + JOURNAL_HEAD.length
  #appended = 0
  #isOpen = true

  constructor(details: RunDetails) {
    this.#details = details
    this.#file = `${details.target}.recording`
  }

  get recovered(): readonly CassetteEntry[] {
    return this.#recovered
  }

  recover(): void {
    const { target, lock } = this.#details
    try {
      if (lock.previous !== undefined) rmSync(temporaryOf(target, lock.previous.run), { force: true })
      const journal = readFileSync(this.#file)
      const { entries, end } = readJournal(journal, this.#file, (committed) => isCommitted(target, committed))
      this.#recovered = entries
      this.#end = end
      ftruncateSync(lock.fd, end)
      writeFully(lock.fd, JOURNAL_HEAD, OWNER_LINE_BYTES)
      // A read-only cassette could be renamed over; whoever made it so did not mean that.
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
      if (this.#isReplaced()) throw new Error(`${this.#file} was deleted, and another run has begun`)
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
    // Without the mark the file is free too, once this process has ended.
    tryTo(() => writeOwner(lock.fd, recorder, lock.run, true))
    this.#close()
  }

  /** If the process is killed between the rename and the removal of the journal, the next run sees that it is done. */
  #mark(inode: bigint, bytes: bigint): void {
    const { fd } = this.#details.lock
    try {
      const mark = Buffer.from(committingMark({ inode, bytes }))
      writeFully(fd, mark, this.#end)
      fsyncSync(fd)
      this.#end += mark.length
    } catch {
      // A disk with no room for this line must not cost the cassette.
      this.#forgetPart()
    }
  }

  /** What a failed write may have left is cut off again, so that the next one stands on its own. */
  #forgetPart(): void {
    // Where that fails too: recovery looks at each record's length and drops what does not fit.
    tryTo(() => ftruncateSync(this.#details.lock.fd, this.#end))
  }

  /** Somebody deleted the lock, and another run has made its own. */
  #isReplaced(): boolean {
    const found = statSync(this.#file, { bigint: true, throwIfNoEntry: false })
    return found !== undefined && found.ino !== fstatSync(this.#details.lock.fd, { bigint: true }).ino
  }

  #remove(): void {
    const { lock, recorder } = this.#details
    try {
      if (!this.#isReplaced()) unlinkSync(this.#file)
    } catch (error) {
      // It cannot be removed, but the next run can be told that nobody holds it.
      if (codeOf(error) !== 'ENOENT') tryTo(() => writeOwner(lock.fd, recorder, lock.run, true))
    }
    this.#close()
  }

  #close(): void {
    this.#isOpen = false
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
  } catch {
    // The caller says why that may be.
  }
}

function temporaryOf(target: string, run: string): string {
  return `${target}.recording.${run}.new`
}

function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG'].includes(codeOf(error) ?? '')
}
