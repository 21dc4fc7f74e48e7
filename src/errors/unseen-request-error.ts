import { CassetteError } from './cassette-error.ts'

/**
 * A request was about to use a connection that was opened before this package was loaded, or between two cassettes by a
 * pool that cassette cannot empty. cassette cannot see the traffic of such a connection, so it stopped the request. Code
 * `CASSETTE_UNSEEN`.
 */
export class UnseenRequestError extends CassetteError {
  readonly path: string

  constructor(request: { method: string; url: string }, path: string) {
    super(
      'CASSETTE_UNSEEN',
      `${request.method} ${request.url} was stopped: ${path} cannot record or replay it. Its connection was opened before ` +
        'cassette was loaded, or between two cassettes by a pool of the program that cassette cannot empty. Import cassette ' +
        'before the first request, or start the program with --import cassette/register. Close the connections of a pool of ' +
        'your own before a cassette opens.',
    )
    this.path = path
    this.stack = `${this.name}: ${this.message}`
  }
}
