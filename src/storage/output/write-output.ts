import { resolve } from 'node:path'

import type { EntryText } from '../../cassette/envelope.ts'
import { CassetteWriteError } from '../../errors/cassette-write-error.ts'
import { problemOf } from '../fs-problem.ts'
import { replaceFile } from '../replace-file.ts'

/**
 * Writes a file that a command makes, piece by piece, completely or not at all.
 * @throws {CassetteWriteError}
 */
export function writeOutput(path: string, content: Iterable<EntryText>): void {
  const file = resolve(path)
  try {
    replaceFile(file, `${file}.${process.pid}.new`, content, () => {})
  } catch (error) {
    throw new CassetteWriteError({ path, problem: problemOf(error) }, { cause: error })
  }
}
