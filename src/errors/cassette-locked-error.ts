import { CassetteError } from './cassette-error.ts'

export type LockDetails = {
  /** The cassette's path. */
  readonly path: string
  /** The path of the lock file. */
  readonly lock: string
} & (
  | {
      readonly pid: number
      /** The owner in words: a process, a thread of this process, or a process on another machine. */
      readonly holder: string
    }
  | {
      /** Why the lock file is not a journal, as the end of a sentence whose subject is the file: "is a FIFO". */
      readonly problem: string
    }
)

/**
 * Another live process, or another thread, is recording this cassette; or something that is no journal of this user has the
 * name of the lock file, and was not touched. Code `CASSETTE_LOCKED`.
 */
export class CassetteLockedError extends CassetteError {
  readonly path: string
  readonly lock: string
  /** Absent: no process holds the lock, but the lock file is not a journal. */
  readonly pid: number | undefined

  constructor(details: LockDetails, options?: ErrorOptions) {
    super('CASSETTE_LOCKED', 'holder' in details ? heldBy(details) : notAJournal(details), options)
    this.path = details.path
    this.lock = details.lock
    this.pid = 'pid' in details ? details.pid : undefined
  }
}

const heldBy = ({ path, lock, holder }: LockDetails & { holder: string }): string =>
  `${path} is being recorded by ${holder}. Give each recorder a cassette of its own, or ` +
  `wait for that one; if no recording is under way there, delete ${lock} and run again.`

const notAJournal = ({ path, lock, problem }: LockDetails & { problem: string }): string =>
  `${path} cannot be recorded: its journal would be ${lock}, but that ${problem}. Nothing was changed. ` +
  'Look at what it is, move it or delete it, and run again.'
