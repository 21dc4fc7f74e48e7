import { CassetteError } from './cassette-error.ts'

/** A recording is older than `maxAge`, and `onStale` is `fail`. Code `CASSETTE_STALE`. */
export class StaleCassetteError extends CassetteError {
  readonly path: string
  /** ISO 8601. */
  readonly recordedAt: string

  constructor(path: string, recordedAt: string, maxAge: string) {
    super(
      'CASSETTE_STALE',
      `${path} holds a recording of ${recordedAt}, older than maxAge ${maxAge}. ` +
        'Record it again with CASSETTE_MODE=all.',
    )
    this.path = path
    this.recordedAt = recordedAt
  }
}
