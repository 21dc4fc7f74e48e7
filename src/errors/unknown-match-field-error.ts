import { CassetteError } from './cassette-error.ts'

/**
 * `matchOn` names a field that neither the canonical request nor this request has. Most often this is a typing error.
 * Code `CASSETTE_UNKNOWN_MATCH_FIELD`.
 */
export class UnknownMatchFieldError extends CassetteError {
  /** The unknown names, as they were written. */
  readonly unknown: readonly string[]
  /** The fields that this request has, sorted. `matchOn` accepts each of them. */
  readonly available: readonly string[]

  constructor(unknown: readonly string[], available: readonly string[], options?: ErrorOptions) {
    const names = unknown.map((name) => JSON.stringify(name)).join(', ')
    super(
      'CASSETTE_UNKNOWN_MATCH_FIELD',
      `matchOn names ${names}, which is not a field of the canonical request. ` +
        `This request has: ${available.length > 0 ? available.join(', ') : 'no fields'}.`,
      options,
    )
    this.unknown = unknown
    this.available = available
  }
}
