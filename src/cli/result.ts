/** What a command that only reports gives back: `main.ts` prints it and ends with the code. */
export interface CommandResult {
  readonly exitCode: number
  /** For standard output, without a line end. */
  readonly text: string
}

export const isResult = (value: unknown): value is CommandResult =>
  typeof value === 'object' && value !== null && 'exitCode' in value && 'text' in value

/** What the command line ends with. `cassette run` passes its program's own code on. */
export const EXIT = {
  fine: 0,
  /** The check found something: a regression, a secret, a miss. */
  found: 1,
  /** Bad usage. */
  usage: 2,
  /** A file could not be read or written. */
  unreadable: 3,
} as const
