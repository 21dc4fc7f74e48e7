import { CassetteError } from './cassette-error.ts'

export interface MissDifference {
  /** A path of the canonical request, such as `messages[1].content`. */
  readonly path: string
  /** `undefined`: the recorded request has nothing there. */
  readonly recorded: unknown
  /** `undefined`: the incoming request has nothing there. */
  readonly incoming: unknown
}

/** The request that was missed, redacted, in the shape it would have in the cassette. */
export interface MissRequest {
  readonly method: string
  readonly url: string
  readonly headers: unknown
  readonly body?: unknown
}

export interface MissDetails {
  readonly request: MissRequest
  readonly cassettePath: string
  readonly mode: string
  /** The nearest recording, if there is one. */
  readonly closest: { readonly id: string; readonly position: number; readonly played: boolean } | undefined
  readonly differences: readonly MissDifference[]
}

/** A request that no recording answers, in a mode that may not ask the network. */
export class CassetteMiss extends CassetteError {
  readonly request: MissRequest
  readonly cassettePath: string
  readonly mode: string
  readonly closest: MissDetails['closest']
  readonly differences: readonly MissDifference[]

  constructor(message: string, details: MissDetails) {
    super('CASSETTE_MISS', message)
    this.request = details.request
    this.cassettePath = details.cassettePath
    this.mode = details.mode
    this.closest = details.closest
    this.differences = details.differences
    // The frames lead into the interceptors: a reporter would print thirty lines that help nobody.
    this.stack = `${this.name}: ${message}`
  }
}
