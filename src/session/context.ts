import type { Opened } from './opening/open.ts'
import type { Telemetry } from './telemetry.ts'
import type { Playback } from './replaying/playback.ts'

/** What every part of one session works with. */
export interface SessionContext {
  readonly path: string
  readonly opened: Opened
  readonly playback: Playback
  /** Whether a request that no recording answers goes to its server. */
  readonly isLive: boolean
  readonly telemetry: Telemetry
  /** Whether a rule of the `ignore` option lets this request through. */
  readonly ignored: (method: string, url: string) => boolean
  /** Keeps an error that the run must end with, even if the program catches it. */
  readonly latch: (error: Error) => Error
}
