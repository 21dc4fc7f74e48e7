import { CassetteError } from './cassette-error.ts'

export type RegistryProblem =
  /** The address, or the name of a project, ref or path, is wrong. */
  | 'name'
  /** The store did not answer, or answered half. */
  | 'unreachable'
  /** The token is wrong, or lacks the scope. */
  | 'denied'
  | 'full'
  /** There is no such ref or recording. */
  | 'missing'
  /** Somebody else changed what this call wanted to change. */
  | 'conflict'
  /** What the store gave is not what was put there. */
  | 'corrupt'
  /** A newer version of cassette wrote it. */
  | 'newer'
  /** The store cannot do what a registry needs. */
  | 'unsupported'

/** Something is wrong with a registry, or with what it gave. Nothing is half done. Code `CASSETTE_REGISTRY`. */
export class RegistryError extends CassetteError {
  readonly problem: RegistryProblem

  /** @param message whole sentences, the way out included */
  constructor(problem: RegistryProblem, message: string, options?: ErrorOptions) {
    super('CASSETTE_REGISTRY', message, options)
    this.problem = problem
  }
}
