import { CassetteError } from './cassette-error.ts'

/** A recording of another tool cannot be read. Code `CASSETTE_IMPORT`. */
export class ImportError extends CassetteError {
  /** The file as it was named. */
  readonly file: string

  /** @param place where in the file, such as `interaction 3` or `line 12`; '' if that is not known */
  constructor(file: string, place: string, problem: string) {
    super('CASSETTE_IMPORT', `${file}${place === '' ? '' : `, ${place}`}: ${problem}`)
    this.file = file
  }
}
