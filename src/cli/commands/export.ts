import { defineCommand } from 'citty'

import { defined } from '../../base/defined.ts'
import { CassetteError } from '../../errors/cassette-error.ts'
import type { ExportedEntry } from '../../exporters/exporter.ts'
import { EXPORTERS } from '../../exporters/exporters.ts'
import { earlierIn } from '../../migration/earlier.ts'
import { cassettePaths, openFile } from '../../storage/sources/cassette-files.ts'
import { writeOutput } from '../../storage/output/write-output.ts'
import { namesOf } from '../cassette-args.ts'
import { withExamples } from '../command.ts'
import { type CommandResult, EXIT } from '../result.ts'
import { UsageError } from '../usage.ts'

const FORMATS = Object.entries(EXPORTERS)

export const exportCommand = withExamples(
  ['export otel cassettes -o spans.jsonl', 'export jsonl cassettes/support -o training.jsonl'],
  defineCommand({
    meta: {
      name: 'export',
      description:
        `Writes cassettes in the format of another tool. ${FORMATS.map(([name, { summary }]) => `${name}: ${summary}`).join('; ')}. ` +
        'What a format cannot hold is left out, and told. The exit code is 3 if a file could not be read.',
    },
    args: {
      format: { type: 'positional', required: true, description: FORMATS.map(([name]) => name).join(', ') },
      names: {
        type: 'positional',
        required: false,
        description: 'files, folders or patterns (default: CASSETTE_DIR, or cassettes)',
      },
      out: {
        type: 'string',
        alias: 'o',
        valueHint: 'FILE',
        description: 'where to write it (default: standard output)',
      },
    },
    run({ args }): CommandResult {
      const exporter = Object.hasOwn(EXPORTERS, args.format) ? EXPORTERS[args.format] : undefined
      if (exporter === undefined)
        throw new UsageError(
          `unknown format ${JSON.stringify(args.format)}; use one of ${FORMATS.map(([name]) => name).join(', ')}`,
        )
      const unreadable: string[] = []
      const skipped: string[] = []
      const entries = exportedEntries(cassettePaths(namesOf(args._.slice(1))), (problem) =>
        unreadable.push(problem),
      )
      const pieces = exporter.text(entries, ({ cassette, entry }, reason) =>
        skipped.push(`left out ${cassette} ${entry.id}: ${reason}`),
      )
      const bytes =
        args.out === undefined ? Buffer.concat([...pieces].map((piece) => Buffer.from(piece))) : undefined
      if (args.out !== undefined) writeOutput(args.out, pieces)
      const exitCode = unreadable.length > 0 ? EXIT.unreadable : EXIT.fine
      const problems = [...unreadable, ...skipped]
      return {
        exitCode,
        text: args.out === undefined ? '' : `wrote ${args.out}`,
        problems,
        ...defined({ bytes }),
      }
    },
  }),
)

/**
 * The interactions of cassettes, one file in memory at a time.
 * @param problem is told what is wrong with a file that cannot be read
 */
function* exportedEntries(
  paths: readonly string[],
  problem: (message: string) => void,
): Generator<ExportedEntry, void, void> {
  for (const path of paths) {
    try {
      const cassette = openFile(path)
      const earlier = earlierIn(cassette)
      for (const entry of cassette.entries) {
        entry.read()
        yield { cassette: path, entry, earlier, metadata: cassette.metadata }
      }
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error
      problem(error.message)
    }
  }
}
