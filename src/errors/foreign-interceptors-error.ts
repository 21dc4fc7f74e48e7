import { CassetteError } from './cassette-error.ts'

/**
 * Another copy of `@mswjs/interceptors` has patched this process, and both copies would intercept every socket.
 * Code `CASSETTE_FOREIGN_INTERCEPTORS`.
 */
export class ForeignInterceptorsError extends CassetteError {
  constructor() {
    super(
      'CASSETTE_FOREIGN_INTERCEPTORS',
      `another copy of @mswjs/interceptors is active in this process (msw and nock bring one): requests would hang or be lost. ` +
        `Install one copy for all (\`npm dedupe\`, or an override of the version that cassette names in its package.json), ` +
        `or do not start msw or nock in a process that opens a cassette.`,
    )
  }
}
