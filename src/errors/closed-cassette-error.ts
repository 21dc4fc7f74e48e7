import { CassetteError } from './cassette-error.ts'

/** A request from a scope whose cassette has been closed. It reached neither the network nor another cassette. */
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
