import { CassetteError } from './cassette-error.ts'

/** A second cassette while one is open: recording is process-wide, so neither could know whose a request is. */
export class NestedCassetteError extends CassetteError {
  readonly openPath: string
  readonly refusedPath: string

  /** @param choose how to choose between the two, where the open one is not a `withCassette`'s. */
  constructor(openPath: string, refusedPath: string, choose?: string) {
    super(
      'CASSETTE_NESTED',
      `${refusedPath} cannot be opened while ${openPath} is: a process has one cassette at a time. ` +
        (choose ??
          'Await the first withCassette (or close() its session) before the second, or use one cassette for both.'),
    )
    this.openPath = openPath
    this.refusedPath = refusedPath
  }
}
