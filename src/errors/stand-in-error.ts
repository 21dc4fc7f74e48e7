import { CassetteError } from './cassette-error.ts'

/** The request that was not sent, and where its stand-in comes from. */
export interface StandInUse {
  readonly request: { readonly method: string; readonly url: string }
  /** As in the file: `REDACTED-1`. */
  readonly standIn: string
  /** The interaction that gave the value. `position`: from 0. */
  readonly giver: {
    readonly id: string
    readonly position: number
    readonly line: string
    readonly path: string
  }
  /** Of the cassette. */
  readonly path: string
}

/**
 * A request had no recording, and carried a stand-in for a value that a recorded answer gave, such as a token. No server knows it,
 * so the request was not sent. Code `CASSETTE_STAND_IN`.
 */
export class StandInError extends CassetteError {
  readonly path: string
  readonly standIn: string

  constructor({ request, standIn, giver, path }: StandInUse) {
    super(
      'CASSETTE_STAND_IN',
      `${request.method} ${request.url} was not sent: it has no recording in ${path}, and it carries ${standIn}, which stands ` +
        `for a value that interaction ${giver.position + 1} (${giver.id}, ${giver.line}) ${giver.path === path ? '' : `of ${giver.path} `}gave. The server does not know it. ` +
        'CASSETTE_MODE=all records everything again.',
    )
    this.path = path
    this.standIn = standIn
    this.stack = `${this.name}: ${this.message}`
  }
}
