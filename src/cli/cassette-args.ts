import { readFileSync } from 'node:fs'

import { cassettePaths, readFiles } from '../storage/sources/cassette-files.ts'
import { cassetteFacts, type CassetteFacts } from '../library/facts.ts'
import { parsePrices, type PriceList, PRICES } from '../library/prices.ts'
import { UsageError } from './usage.ts'

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
  const problems = readFiles(cassettePaths(names), ({ cassette, bytes }) => {
    cassettes.push(cassetteFacts(cassette, bytes))
  })
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

/** The price list of `--prices FILE`. */
export function pricesOf(path: string | undefined): PriceList {
  if (path === undefined) return PRICES
  try {
    return parsePrices(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new UsageError(`--prices ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
