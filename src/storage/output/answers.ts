import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { type Cassette, renderCassette } from '../../cassette/cassette.ts'
import type { EntryText } from '../../cassette/envelope.ts'
import { CassetteWriteError } from '../../errors/cassette-write-error.ts'
import { loadCassette } from '../file.ts'
import { codeOf, problemOf } from '../fs-problem.ts'
import { writeOutput } from './write-output.ts'

/** The answers of one target: a folder with a cassette for each prompt, and `migration.json`, which says how they were asked for. */
export interface AnswerFolder {
  readonly path: string
  /** @throws {CassetteError} if the file is not a cassette */
  load(key: string): Cassette | undefined
  /**
   * Writes a cassette, completely or not at all.
   * @throws {CassetteWriteError}
   */
  save(key: string, metadata: Readonly<Record<string, unknown>>, entries: readonly EntryText[]): void
  /** What `note` wrote; `undefined`: nothing, or it is not readable. */
  about(): unknown
  note(about: unknown): void
}

export function answerFolder(path: string): AnswerFolder {
  const write = (name: string, content: Iterable<EntryText>): void => writeOutput(join(path, name), content)
  return {
    path,
    load: (key) => loadCassette(join(path, `${key}.yaml`)),
    save: (key, metadata, entries) =>
      write(`${key}.yaml`, renderCassette({ entries, incomplete: false, metadata })),
    about() {
      try {
        return JSON.parse(readFileSync(join(path, 'migration.json'), 'utf8')) as unknown
      } catch (error) {
        if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined
        throw new CassetteWriteError({ path, problem: problemOf(error) }, { cause: error })
      }
    },
    note: (about) => write('migration.json', [`${JSON.stringify(about, null, 2)}\n`]),
  }
}
