import { CassetteError } from './cassette-error.ts'

/**
 * Two sets of cassettes could not be compared: a side has none, git is missing, a revision is not in this clone.
 * It is never taken for "passed". Code `CASSETTE_UNMEASURED`.
 */
export class UnmeasuredError extends CassetteError {
  /** @param problem a whole sentence, the way out included */
  constructor(problem: string, options?: ErrorOptions) {
    super('CASSETTE_UNMEASURED', problem, options)
  }
}
