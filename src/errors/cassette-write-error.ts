import { CassetteError } from './cassette-error.ts'

export interface WriteErrorDetails {
  /** The cassette's path. */
  readonly path: string
  /** What went wrong, as a sentence without its full stop. */
  readonly problem: string
  /** The path of the journal, if it still holds what was recorded. */
  readonly journal?: string
}

/** The recording could not be written. The cassette on disk is as it was before the run. Code `CASSETTE_WRITE`. */
export class CassetteWriteError extends CassetteError {
  readonly path: string
  readonly journal: string | undefined

  constructor(details: WriteErrorDetails, options?: ErrorOptions) {
    const kept =
      details.journal === undefined
        ? ''
        : ` The exchanges written before that are in ${details.journal}; the next recording run picks them up.`
    super(
      'CASSETTE_WRITE',
      `${details.path} could not be written: ${details.problem}. The cassette is as it was before this run.${kept}`,
      options,
    )
    this.path = details.path
    this.journal = details.journal
  }
}
