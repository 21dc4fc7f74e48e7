import { defineCommand } from 'citty'

import { isoNow } from '../../clock.ts'
import { renderRemoved } from '../../reports/library/removed.ts'
import { thisRun } from '../../storage/lock/identity.ts'
import { editInteractions } from '../../storage/edit-interactions.ts'
import { withExamples } from '../command.ts'
import { type CommandResult, EXIT } from '../result.ts'
import { UsageError } from '../usage.ts'

export const clear = withExamples(
  ['clear cassettes/capital.yaml --yes', 'clear cassettes/capital.yaml --key 7d20 --yes'],
  defineCommand({
    meta: {
      name: 'clear',
      description:
        'Removes all interactions of a cassette, or those whose match key begins with a text, and keeps its metadata and comments. ' +
        'Without --yes it only says what it would remove, and ends with 1.',
    },
    args: {
      file: { type: 'positional', required: true, description: 'the cassette' },
      key: { type: 'string', valueHint: 'PREFIX', description: 'the beginning of a match key' },
      yes: { type: 'boolean', description: 'remove them' },
      json: { type: 'boolean', description: 'print what was removed as JSON' },
    },
    run({ args }): CommandResult {
      const { file: path, key } = args
      const isDry = args.yes !== true
      if (key !== undefined && !/^[\da-f]{1,64}$/.test(key))
        throw new UsageError(
          `--key needs the beginning of a match key (hex digits), not ${JSON.stringify(key)}`,
        )
      const removed = editInteractions(
        path,
        ({ entries }) =>
          new Map(
            entries
              .filter(({ match }) => key === undefined || match?.key.startsWith(key) === true)
              .map((entry) => [entry, undefined]),
          ),
        { run: thisRun(isoNow()), isDry },
      )
      return {
        exitCode: isDry && removed.length > 0 ? EXIT.found : EXIT.fine,
        text: args.json
          ? JSON.stringify({ path, removed, dryRun: isDry }, null, 2)
          : `${renderRemoved(path, removed, isDry)}${isDry && removed.length > 0 ? '\nRun it again with --yes to remove them.' : ''}`,
      }
    },
  }),
)
