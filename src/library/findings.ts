/** What `cassette lint` or `cassette scan` found at one place. */
export interface Finding {
  readonly rule: string
  /** `error`: the exit code is 1. */
  readonly level: 'error' | 'warning' | 'note'
  /** The path of the file. */
  readonly file: string
  /** The line of the interaction, from 1. */
  readonly line: number
  /** The id of the interaction; absent: the whole file. */
  readonly id?: string
  /** One sentence without a dot at its end. It never holds a secret. */
  readonly message: string
}
