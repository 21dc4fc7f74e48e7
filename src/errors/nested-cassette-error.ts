import { CassetteError } from './cassette-error.ts'

/**
 * A second cassette was opened while one is open. Recording is process-wide, so neither cassette could know which
 * requests are its own. Code `CASSETTE_NESTED`.
 */
export class NestedCassetteError extends CassetteError {
  readonly openPath: string
  readonly refusedPath: string

  /** @param choose the advice at the end of the message, if `withCassette` did not open the first cassette */
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
