import { CassetteError } from './cassette-error.ts'

export interface LockDetails {
  /** The cassette's path. */
  readonly path: string
  /** The path of the lock file. */
  readonly lock: string
  readonly pid: number
  /** The owner in words: a process, a thread of this process, or a process on another machine. */
  readonly holder: string
}

/** Another live process, or another thread, is recording this cassette. Code `CASSETTE_LOCKED`. */
export class CassetteLockedError extends CassetteError {
  readonly path: string
  readonly lock: string
  readonly pid: number

  constructor(details: LockDetails, options?: ErrorOptions) {
    super(
      'CASSETTE_LOCKED',
      `${details.path} is being recorded by ${details.holder}. Give each recorder a cassette of its own, or ` +
        `wait for that one; if no recording is under way there, delete ${details.lock} and run again.`,
      options,
    )
    this.path = details.path
    this.lock = details.lock
    this.pid = details.pid
  }
}
