import { readFileSync, writeFileSync } from 'node:fs'

import { CassetteError } from '../errors/cassette-error.ts'
import { CassetteWriteError } from '../errors/cassette-write-error.ts'
import { problemOf } from './fs-problem.ts'

/** A miss as `JSON.stringify(miss)` gives it, as far as it is needed to rebase a recording. */
export interface StoredMiss {
  readonly cassettePath: string
  readonly request: { readonly method: string; readonly url: string; readonly headers: unknown }
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
 * Reads a list of misses, or one.
 * @throws CassetteError (CASSETTE_MISSES_FILE) naming the file and what is wrong with it
 */
export function readMisses(path: string): StoredMiss[] {
  const wrong = (problem: string, cause?: unknown): CassetteError =>
    new CassetteError(
      'CASSETTE_MISSES_FILE',
      `${path}: ${problem}. Make it with CASSETTE_MISSES=${path}, or with JSON.stringify of a CassetteMiss.`,
      { cause },
    )
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw wrong(error instanceof SyntaxError ? `not JSON (${error.message})` : problemOf(error), error)
  }
  const list = Array.isArray(value) ? (value as unknown[]) : [value]
  const bad = list.findIndex((one) => !isMiss(one))
  if (bad >= 0) throw wrong(`entry ${bad + 1} is not a miss`)
  return list as StoredMiss[]
}

/**
 * Adds a miss to the list in a file, which is made if need be.
 * @throws CassetteWriteError
 */
export function appendMiss(path: string, miss: StoredMiss): void {
  try {
    let list: unknown = []
    try {
      list = JSON.parse(readFileSync(path, 'utf8'))
    } catch {
      // No file yet, or none of ours: a list is begun.
    }
    const misses = Array.isArray(list) ? [...(list as unknown[]), miss] : [miss]
    writeFileSync(path, `${JSON.stringify(misses, null, 2)}\n`)
  } catch (error) {
    throw new CassetteWriteError({ path, problem: problemOf(error) }, { cause: error })
  }
}
