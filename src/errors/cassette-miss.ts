import { CassetteError } from './cassette-error.ts'

export interface MissDifference {
  /** A path in the canonical request, such as `messages[1].content`. */
  readonly path: string
  /** The recorded value; `undefined` if the recorded request has no value at this path. */
  readonly recorded: unknown
  /** The incoming value; `undefined` if the incoming request has no value at this path. */
  readonly incoming: unknown
}

/** The request that no recording answered, redacted, as the cassette would store it. */
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
  /** The nearest recording, if there is one. `position` counts from 0. */
  readonly closest: { readonly id: string; readonly position: number; readonly played: boolean } | undefined
  readonly differences: readonly MissDifference[]
}

/** No recording answers a request, and the mode does not allow the network. Code `CASSETTE_MISS`. */
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
    // The stack frames are those of the interceptors: a reporter would print thirty useless lines.
    this.stack = `${this.name}: ${this.message}`
  }
}
