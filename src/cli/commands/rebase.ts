import { defineCommand } from 'citty'

import { isoNow } from '../../clock.ts'
import { colorsFor } from '../../colors.ts'
import { renderRebase } from '../../reports/rebase.ts'
import { readMisses } from '../../rebase/misses-file.ts'
import { rebaseFile } from '../../rebase/rebase-file.ts'
import { thisRun } from '../../storage/lock/identity.ts'
import { withExamples } from '../command.ts'
import { EXIT, type CommandResult } from '../result.ts'

export const rebase = withExamples(
  ['rebase cassettes/capital.yaml --from misses.json'],
  defineCommand({
    meta: {
      name: 'rebase',
      description:
        'Accepts missed requests: each one replaces the request of its nearest recording, and the recorded response ' +
        'stays. The network is not used. To get the list of misses, run the program with CASSETTE_MISSES=FILE. Then ' +
        'remove from the list every miss that you do not accept.',
    },
    args: {
      file: { type: 'positional', required: true, description: 'the cassette' },
      from: { type: 'string', required: true, valueHint: 'MISSES.json', description: 'the list of misses' },
      json: { type: 'boolean', description: 'print the changes as JSON' },
    },
    run({ args }): CommandResult {
      const path = args.file
      const misses = readMisses(args.from)
      const run = thisRun(isoNow())
      const { rebased, skipped } = rebaseFile(path, misses, run)
      const report = { path, rebased, skipped }
      return {
        exitCode: skipped.length > 0 ? EXIT.found : EXIT.fine,
        text: args.json ? JSON.stringify(report, null, 2) : renderRebase(report, colorsFor(1)).trimEnd(),
      }
    },
  }),
)
