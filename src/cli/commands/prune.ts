import { defineCommand } from 'citty'

import { isoNow, realNow } from '../../clock.ts'
import { lintCassette } from '../../library/lint.ts'
import { renderRemoved } from '../../reports/library/removed.ts'
import { editInteractions, type Edited } from '../../storage/edit-interactions.ts'
import { thisRun } from '../../storage/lock/identity.ts'
import { cassettePaths, readFiles } from '../../storage/sources/cassette-files.ts'
import { maxAgeOf, namesOf } from '../cassette-args.ts'
import { withExamples } from '../command.ts'
import { type CommandResult, EXIT } from '../result.ts'

export const prune = withExamples(
  ['prune', 'prune cassettes --max-age 90 --errors', 'prune cassettes/capital.yaml --incomplete --yes'],
  defineCommand({
    meta: {
      name: 'prune',
      description:
        'Removes interactions that are of no use: duplicates of an earlier one with the same answer, and with options also errors, ' +
        'answers that were cut off, and what is too old. The next recording run asks for them again. Without --yes it only says what ' +
        'it would remove, and ends with 1. No other byte of a file changes.',
    },
    args: {
      names: {
        type: 'positional',
        required: false,
        description: 'files, folders or patterns (default: CASSETTE_DIR, or cassettes)',
      },
      'max-age': { type: 'string', valueHint: 'DAYS', description: 'also what was recorded before that' },
      errors: {
        type: 'boolean',
        description: 'also answers with status 400 or more, and requests that failed',
      },
      incomplete: { type: 'boolean', description: 'also answers that were cut off while they were recorded' },
      yes: { type: 'boolean', description: 'remove them' },
      json: { type: 'boolean', description: 'print what was removed as JSON' },
    },
    run({ args }): CommandResult {
      const options = { now: realNow(), ...maxAgeOf(args['max-age']) }
      const rules = new Set([
        'duplicate',
        'stale',
        ...(args.errors ? ['recorded-error'] : []),
        ...(args.incomplete ? ['incomplete'] : []),
      ])
      const isDry = args.yes !== true
      const files: { path: string; removed: readonly Edited[] }[] = []
      const problems = readFiles(cassettePaths(namesOf(args._)), ({ path }) => {
        const removed = editInteractions(
          path,
          (cassette) => {
            const found = lintCassette(cassette, options).filter(({ rule }) => rules.has(rule))
            const ids = new Set(found.flatMap(({ id }) => id ?? []))
            return new Map(
              cassette.entries.filter(({ id }) => ids.has(id)).map((entry) => [entry, undefined]),
            )
          },
          { run: thisRun(isoNow()), isDry },
        )
        if (removed.length > 0) files.push({ path, removed })
      })
      const exitCode =
        problems.length > 0 ? EXIT.unreadable : isDry && files.length > 0 ? EXIT.found : EXIT.fine
      if (args.json) return { exitCode, text: JSON.stringify({ files, dryRun: isDry, problems }, null, 2) }
      const text = files.map(({ path, removed }) => renderRemoved(path, removed, isDry))
      const hint = isDry && files.length > 0 ? ['Run it again with --yes to remove them.'] : []
      return {
        exitCode,
        text: files.length === 0 ? 'nothing to prune' : [...text, ...hint].join('\n'),
        problems,
      }
    },
  }),
)
