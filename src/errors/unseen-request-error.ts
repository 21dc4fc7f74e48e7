import { CassetteError } from './cassette-error.ts'

/** A request went out on a connection that was opened before this package was loaded, where nobody can follow it. */
export class UnseenRequestError extends CassetteError {
  readonly path: string

  constructor(request: { method: string; url: string }, path: string) {
    super(
      'CASSETTE_UNSEEN',
      `${request.method} ${request.url} was about to go past ${path}: its connection, of an undici Agent of the program's ` +
        'own, was opened before cassette was loaded. It was stopped. Import cassette before the first request, ' +
        'or start the program with --import cassette/register.',
    )
    this.path = path
    this.stack = `${this.name}: ${this.message}`
  }
}
