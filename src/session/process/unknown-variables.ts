import { unknownVariables } from '../../environment.ts'
import { isFirstEnvironmentCheck } from './current.ts'

/**
 * Warns of environment variables that are named like cassette's and are none: a mistyped one would do nothing. Once a
 * process, and not in the processes that a run starts: the first process has said it.
 */
export function warnOfUnknownVariables(): void {
  if (!isFirstEnvironmentCheck() || process.env['CASSETTE_RUN_DIR'] !== undefined) return
  for (const text of unknownVariables(process.env))
    process.emitWarning(text, { type: 'CassetteWarning', code: 'CASSETTE_UNKNOWN_VARIABLE' })
}
