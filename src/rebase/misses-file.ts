import { appendFileSync, readFileSync } from 'node:fs'

import type { InteractionRequest } from '../cassette/interaction.ts'
import { CassetteError } from '../errors/cassette-error.ts'
import type { CassetteMiss } from '../errors/cassette-miss.ts'
import { CassetteWriteError } from '../errors/cassette-write-error.ts'
import { problemOf } from '../storage/fs-problem.ts'

/** The fields of `JSON.stringify(miss)` that a rebase needs. */
export interface StoredMiss {
  readonly cassettePath: string
  readonly request: InteractionRequest
  readonly closest?: { readonly id: string; readonly played?: boolean } | undefined
  readonly differences: readonly { readonly path: string }[]
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isMiss = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['cassettePath'] === 'string' &&
  Array.isArray(value['differences']) &&
  isObject(value['request']) &&
  typeof value['request']['method'] === 'string' &&
  typeof value['request']['url'] === 'string'

/**
 * Reads one miss or a list of misses.
 * @throws CassetteError (CASSETTE_MISSES_FILE) if the file cannot be read or is not a list of misses; it names the file
 */
export function readMisses(path: string): StoredMiss[] {
  const wrong = (problem: string, cause?: unknown): CassetteError =>
    new CassetteError(
      'CASSETTE_MISSES_FILE',
      `${path}: ${problem}. Make it with CASSETTE_MISSES=${path}, or with JSON.stringify of a CassetteMiss.`,
      { cause },
    )
  let list: unknown[]
  try {
    list = parsed(readFileSync(path, 'utf8'))
  } catch (error) {
    throw wrong(error instanceof SyntaxError ? `not JSON (${error.message})` : problemOf(error), error)
  }
  const bad = list.findIndex((one) => !isMiss(one))
  if (bad >= 0) throw wrong(`entry ${bad + 1} is not a miss`)
  return list as StoredMiss[]
}

/** Parses one JSON value, a JSON list, or one JSON value a line. */
function parsed(text: string): unknown[] {
  try {
    return [JSON.parse(text) as unknown].flat()
  } catch {
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    return lines.map((line) => JSON.parse(line) as unknown)
  }
}

/**
 * Appends a miss to a file as a line of JSON, and makes the file if it does not exist. Several processes may append at
 * the same time.
 * @throws CassetteWriteError if the file cannot be written
 */
export function appendMiss(path: string, miss: CassetteMiss): void {
  try {
    appendFileSync(path, `${JSON.stringify(miss)}\n`)
  } catch (error) {
    throw new CassetteWriteError({ path, problem: problemOf(error) }, { cause: error })
  }
}
