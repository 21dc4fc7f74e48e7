import { CassetteError } from './cassette-error.ts'

/** No cassette can be at the given path: it is a folder, a loop of links, in a read-only folder ... Code `CASSETTE_PATH`. */
export class CassettePathError extends CassetteError {
  readonly path: unknown

  /** @param problem the end of a sentence whose subject is the path: "is a folder" */
  constructor(path: unknown, problem: string, options?: ErrorOptions) {
    const shown = typeof path === 'string' ? JSON.stringify(path) : String(path)
    super('CASSETTE_PATH', `The cassette path ${shown} ${problem}.`, options)
    this.path = path
  }
}
