import { CassetteError } from './cassette-error.ts'

/**
 * Code sent a request after its cassette had been closed. The request reached neither the network nor another cassette.
 * Code `CASSETTE_CLOSED`.
 */
export class ClosedCassetteError extends CassetteError {
  readonly path: string

  constructor(request: { method: string; url: string }, path: string) {
    super(
      'CASSETTE_CLOSED',
      `${request.method} ${request.url} was sent after its cassette ${path} had been closed, and was refused. ` +
        'Await everything that sends requests before the function given to withCassette returns.',
    )
    this.path = path
    this.stack = `${this.name}: ${this.message}`
  }
}
