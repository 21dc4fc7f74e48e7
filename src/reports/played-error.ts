interface Played {
  readonly id: string
  readonly method: string
  readonly url: string
  readonly recordedAt: string
}

/** The warning if a recorded error is played that may have had to do with the run that recorded it. */
export const playedError = ({ id, method, url, recordedAt }: Played, what: string, path: string): string =>
  `${method} ${url} is answered with ${what}, which was recorded at ${recordedAt} (interaction ${id} of ${path}). ` +
  'If the test is not about this error, record it again: CASSETTE_MODE=all. ' +
  "onRecordError: 'record' plays recorded errors without this warning."
