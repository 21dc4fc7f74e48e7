/** The result of a command that only reports. `main.ts` prints the text and ends with the code. */
export interface CommandResult {
  readonly exitCode: number
  /** Printed on standard output, without a line end. */
  readonly text: string
  /** Problems that did not stop the command, printed on standard error. */
  readonly problems?: readonly string[]
  /** Printed as they are, in place of the text. */
  readonly bytes?: Uint8Array
}

export const isResult = (value: unknown): value is CommandResult =>
  typeof value === 'object' && value !== null && 'exitCode' in value && 'text' in value

/** The exit codes of the command line. `cassette run` ends with the code of its program instead. */
export const EXIT = {
  fine: 0,
  /** The check found something: a regression, a secret, a miss. */
  found: 1,
  /** The command line is wrong. */
  usage: 2,
  /** A file could not be read or written. */
  unreadable: 3,
} as const
