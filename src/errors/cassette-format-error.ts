import { CassetteError } from './cassette-error.ts'

export interface FormatErrorDetails {
  readonly path: string
  /** Counted from 1. */
  readonly line: number
  /** Counted from 1. */
  readonly column: number
  /** What the reader expected at this place, as a noun phrase: "a mapping", "an HTTP status from 200 to 999". */
  readonly expected: string
  /** What the file has at this place, if that helps the reader. */
  readonly found?: string
}

/** The file is not a cassette of a version that this package reads. The file is not changed. Code `CASSETTE_FORMAT`. */
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
        'The file was not changed; correct that place, or delete the file to record it again.',
      options,
    )
    this.path = details.path
    this.line = details.line
    this.column = details.column
    this.expected = details.expected
  }
}
