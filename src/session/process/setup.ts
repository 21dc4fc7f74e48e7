import type { CassetteEntry } from '../../cassette/cassette.ts'
import type { Place } from './current.ts'

/** Recordings that several processes may play. Each recording is played once in all processes together. */
export interface SharedRecordings {
  /** The number before the first of the session's stand-ins: those of other processes are different. */
  readonly numbersFrom: number
  /**
   * Recordings of other cassettes. They are played but never written.
   * @param asksAgain whether the run asks again for what had failed in failed runs
   */
  more(asksAgain: boolean): readonly CassetteEntry[]
  /** Called before one is played. @param own the recordings of the session's cassette */
  take(entry: CassetteEntry, own: readonly CassetteEntry[]): boolean
}

/** What an integration gives to a session when it opens. */
export interface SessionSetup {
  /** The place in the process, if the integration has taken it already. */
  readonly place?: Place
  /** Called at once for each error that the run must end with, such as a miss. */
  readonly onFailure?: (error: Error) => void
  /** Recordings that the session shares with other processes of the run. */
  readonly shared?: SharedRecordings
  /** Called when the session has ended. */
  readonly onEnd?: () => void
}
