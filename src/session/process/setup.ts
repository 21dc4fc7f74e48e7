import type { CassetteEntry } from '../../cassette/cassette.ts'
import type { Place } from './current.ts'

/** Recordings that several processes may play, each of them once in all. */
export interface SharedRecordings {
  /** Of other cassettes; only played, never written. */
  readonly more: readonly CassetteEntry[]
  /** Asked before one is played, `own`: those of the session's cassette. */
  take(entry: CassetteEntry, own: readonly CassetteEntry[]): boolean
}

/** What an integration gives a session as it opens. */
export interface SessionSetup {
  /** The place in the process, if the integration has taken it already. */
  readonly place?: Place
  /** Called at once for each miss and each other failure that must not be swallowed. */
  readonly onFailure?: (error: Error) => void
  /** Recordings that the session shares with other processes of the run. */
  readonly shared?: SharedRecordings
  /** Called when the session has ended. */
  readonly onEnd?: () => void
}
