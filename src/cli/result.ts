import { CassetteError } from '../errors/cassette-error.ts'
import { RegistryError } from '../errors/registry-error.ts'
import { UsageError } from './usage.ts'

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

/** The exit code of a command that failed. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage
  // citty throws these for wrong arguments.
  if (error instanceof Error && error.name === 'CLIError') return EXIT.usage
  if (error instanceof CassetteError) {
    const usage = ['CASSETTE_OPTION', 'CASSETTE_UNKNOWN_MATCH_FIELD'].includes(error.code)
    if (error instanceof RegistryError && error.problem === 'name') return EXIT.usage
    return usage ? EXIT.usage : EXIT.unreadable
  }
  return EXIT.found
}
