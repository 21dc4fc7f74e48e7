import { defineCommand } from 'citty'

import { isoNow } from '../../clock.ts'
import { renderRemoved } from '../../reports/library/removed.ts'
import { thisRun } from '../../storage/lock/identity.ts'
import { editInteractions } from '../../storage/edit-interactions.ts'
import { entryOf } from '../choose-entries.ts'
import { withExamples } from '../command.ts'
import { type CommandResult, EXIT } from '../result.ts'
import { UsageError } from '../usage.ts'

/** Named so because `delete` is a keyword. */
export const deleteCommand = withExamples(
  ['delete cassettes/capital.yaml 7d20', 'delete cassettes/capital.yaml 7d20 a91f --dry-run'],
  defineCommand({
    meta: {
      name: 'delete',
      description:
        'Removes interactions from a cassette, so that the next recording run asks for them again. No other byte of the file ' +
        'changes.',
    },
    args: {
      file: { type: 'positional', required: true, description: 'the cassette' },
      ids: { type: 'positional', required: true, description: 'ids of interactions, or their beginnings' },
      'dry-run': { type: 'boolean', description: 'only say what would be removed' },
      json: { type: 'boolean', description: 'print what was removed as JSON' },
    },
    run({ args }): CommandResult {
      const [path = '', ...ids] = args._
      if (ids.length === 0) throw new UsageError('which interaction? cassette delete FILE ID')
      const isDry = args['dry-run'] === true
      const report = editInteractions(
        path,
        (cassette) => new Map(ids.map((id) => [entryOf(cassette, id), undefined])),
        {
          run: thisRun(isoNow()),
          isDry,
        },
      )
      return {
        exitCode: EXIT.fine,
        text: args.json
          ? JSON.stringify({ path, removed: report, dryRun: isDry }, null, 2)
          : renderRemoved(path, report, isDry),
      }
    },
  }),
)
