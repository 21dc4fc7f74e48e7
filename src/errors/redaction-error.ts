import { CassetteError } from './cassette-error.ts'

/**
 * Redaction could not be done, so nothing of this exchange is written: a function of `redact.functions` threw
 * (its error is the `cause`) or did not return an exchange. Code `CASSETTE_REDACTION`.
 */
export class RedactionError extends CassetteError {
  constructor(message: string, options?: ErrorOptions) {
    super('CASSETTE_REDACTION', message, options)
  }
}
