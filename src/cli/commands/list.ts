import { defineCommand } from 'citty'

import { realNow } from '../../clock.ts'
import { colorsFor } from '../../colors.ts'
import { renderList } from '../../reports/library/list.ts'
import { maxAgeOf, namesOf, readAll } from '../cassette-args.ts'
import { withExamples } from '../command.ts'
import { type CommandResult, EXIT } from '../result.ts'

export const list = withExamples(
  ['list', "list 'packages/*/cassettes' --max-age 90", 'list cassettes --json'],
  defineCommand({
    meta: {
      name: 'list',
      description:
        'Lists cassettes, a line each: interactions, size, age of the oldest recording, models, and whether it is incomplete, ' +
        'stale or holds errors. The exit code is 3 if a file could not be read.',
    },
    args: {
      names: {
        type: 'positional',
        required: false,
        description: 'files, folders or patterns (default: CASSETTE_DIR, or cassettes)',
      },
      'max-age': { type: 'string', valueHint: 'DAYS', description: 'mark what is older as stale' },
      json: { type: 'boolean', description: 'print the list as JSON' },
    },
    run({ args }): CommandResult {
      const { cassettes, problems } = readAll(namesOf(args._))
      const exitCode = problems.length > 0 ? EXIT.unreadable : EXIT.fine
      if (args.json) return { exitCode, text: JSON.stringify({ cassettes, problems }, null, 2) }
      const text = renderList(cassettes, {
        now: realNow(),
        palette: colorsFor(1),
        ...maxAgeOf(args['max-age']),
      })
      return { exitCode, text, problems }
    },
  }),
)
