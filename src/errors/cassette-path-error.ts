import { CassetteError } from './cassette-error.ts'

/** The path given for a cassette cannot hold one: a folder, a loop of links, a folder that cannot be written ... */
export class CassettePathError extends CassetteError {
  readonly path: unknown

  /** @param problem what is wrong, as the end of a sentence: "is a folder". */
  constructor(path: unknown, problem: string, options?: ErrorOptions) {
    const shown = typeof path === 'string' ? JSON.stringify(path) : String(path)
    super('CASSETTE_PATH', `The cassette path ${shown} ${problem}.`, options)
    this.path = path
  }
}
