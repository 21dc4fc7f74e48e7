import { CassetteError } from './cassette-error.ts'

export interface FormatErrorDetails {
  readonly path: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** What should have stood there, as a noun phrase: "a mapping", "an HTTP status from 100 to 599". */
  readonly expected: string
  /** What stands there, where that helps. */
  readonly found?: string
}

/** The cassette file is not a cassette of a version this package reads. The file is left as it is. */
export class CassetteFormatError extends CassetteError {
  readonly path: string
  readonly line: number
  readonly column: number
  readonly expected: string

  constructor(details: FormatErrorDetails, options?: ErrorOptions) {
    const found = details.found === undefined ? '' : `, found ${details.found}`
    super(
      'CASSETTE_FORMAT',
      `${details.path}:${details.line}:${details.column}: expected ${details.expected}${found}. ` +
        'The file was not changed; mend that place, or delete the file to record it again.',
      options,
    )
    this.path = details.path
    this.line = details.line
    this.column = details.column
    this.expected = details.expected
  }
}
