import { CassetteError } from './cassette-error.ts'

/**
 * Redaction failed, so this exchange is not written. A function of `redact.functions` threw (its error is the `cause`)
 * or did not return an exchange. Code `CASSETTE_REDACTION`.
 */
export class RedactionError extends CassetteError {
  constructor(message: string, options?: ErrorOptions) {
    super('CASSETTE_REDACTION', message, options)
  }
}
