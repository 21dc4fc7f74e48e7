import { unknownVariables } from '../../environment.ts'
import { isFirstEnvironmentCheck } from './current.ts'

/**
 * Warns of environment variables that are named like cassette's but are unknown: a mistyped variable has no effect. Warns once
 * a process, and not in the processes that a run starts, because the first process has warned.
 */
export function warnOfUnknownVariables(): void {
  if (!isFirstEnvironmentCheck() || process.env['CASSETTE_RUN_DIR'] !== undefined) return
  for (const text of unknownVariables(process.env))
    process.emitWarning(text, { type: 'CassetteWarning', code: 'CASSETTE_UNKNOWN_VARIABLE' })
}
