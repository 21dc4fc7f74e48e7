import { cassettePaths, openFiles } from '../storage/sources/cassette-files.ts'
import { cassetteFacts, type CassetteFacts } from '../library/facts.ts'
import { UsageError } from './usage.ts'
import { CassetteError } from '../errors/cassette-error.ts'

/** The names after the options: files, folders or patterns. Without any, the folder of the cassettes. */
export const namesOf = (rest: readonly string[]): readonly string[] =>
  rest.length > 0 ? rest : [process.env['CASSETTE_DIR'] || 'cassettes']

/** The cassettes that names stand for, and the files among them that are none. */
export interface Found {
  readonly cassettes: readonly CassetteFacts[]
  readonly problems: readonly string[]
}

/**
 * Reads all cassettes that these names stand for.
 * @throws {CassettePathError} if a name stands for nothing
 */
export function readAll(names: readonly string[]): Found {
  const cassettes: CassetteFacts[] = []
  const problems: string[] = []
  for (const opened of openFiles(cassettePaths(names))) {
    try {
      if ('problem' in opened) problems.push(opened.problem)
      else cassettes.push(cassetteFacts(opened.cassette, opened.bytes))
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error
      problems.push(error.message)
    }
  }
  return { cassettes, problems }
}

const DAY_MS = 86_400_000

/** The option of `--max-age DAYS`. */
export function maxAgeOf(days: string | undefined): { maxAgeMs?: number } {
  if (days === undefined) return {}
  if (!/^\d{1,6}$/.test(days))
    throw new UsageError(`--max-age needs a number of days, not ${JSON.stringify(days)}`)
  return { maxAgeMs: Number(days) * DAY_MS }
}
