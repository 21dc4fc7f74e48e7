import type { CassetteEntry } from '../../cassette/cassette.ts'
import type { Place } from './current.ts'

/** Recordings that several processes may play, each of them once in all. */
export interface SharedRecordings {
  /** Of other cassettes; only played, never written. */
  readonly more: readonly CassetteEntry[]
  /** Asked before one is played, `own`: those of the session's cassette. */
  take(entry: CassetteEntry, own: readonly CassetteEntry[]): boolean
}

/** What an integration gives a session. */
export interface SessionSeams {
  /** The place it has taken already. */
  readonly place?: Place
  /** Told at once of every miss and every other failure that may not be swallowed. */
  readonly onFailure?: (error: Error) => void
  /** Recordings it shares with other processes of a run. */
  readonly shared?: SharedRecordings
  /** Told when the session has ended. */
  readonly onEnd?: () => void
}
