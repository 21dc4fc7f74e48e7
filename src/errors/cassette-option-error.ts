import { CassetteError } from './cassette-error.ts'

/** An option, or the environment variable that sets it, has an invalid value. Code `CASSETTE_OPTION`. */
export class CassetteOptionError extends CassetteError {
  readonly option: string

  constructor(option: string, expected: string, found: string) {
    super('CASSETTE_OPTION', `${option}: expected ${expected}, got ${found}.`)
    this.option = option
  }
}
