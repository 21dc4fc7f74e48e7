import { CassetteError } from '../errors/cassette-error.ts'
import { RegistryError } from '../errors/registry-error.ts'
import { EXIT } from './result.ts'
import { UsageError } from './usage.ts'

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
