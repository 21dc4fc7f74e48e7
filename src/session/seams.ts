import type { Place } from './current.ts'

/** What an integration gives a session. */
export interface SessionSeams {
  /** The place it has taken already. */
  readonly place?: Place
  /** Told at once of every miss and every other failure that may not be swallowed. */
  readonly onFailure?: (error: Error) => void
  /** Told when the session has ended. */
  readonly onEnd?: () => void
}
