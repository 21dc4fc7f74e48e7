import { CassetteError } from './cassette-error.ts'

/**
 * `matchOn` names a field that neither the canonical request nor this request has, most often a typing error.
 * Code `CASSETTE_UNKNOWN_MATCH_FIELD`.
 */
export class UnknownMatchFieldError extends CassetteError {
  /** The names nobody knows, as they were written. */
  readonly unknown: readonly string[]
  /** The names that this request has, sorted; each may stand in `matchOn`. */
  readonly available: readonly string[]

  constructor(unknown: readonly string[], available: readonly string[], options?: ErrorOptions) {
    const names = unknown.map((name) => JSON.stringify(name)).join(', ')
    super(
      'CASSETTE_UNKNOWN_MATCH_FIELD',
      `matchOn names ${names}, which is no field of the canonical request. ` +
        `This request has: ${available.length > 0 ? available.join(', ') : 'no fields'}.`,
      options,
    )
    this.unknown = unknown
    this.available = available
  }
}
