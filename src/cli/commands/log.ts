import { defineCommand } from 'citty'

import { changesInWords, countsInWords } from '../../reports/registry.ts'
import { checkRef } from '../../registry/names.ts'
import { historyOf } from '../../transfer/history.ts'
import { neededHead } from '../../transfer/place.ts'
import { withExamples } from '../command.ts'
import { registryArgs, withPlace } from '../registry/place.ts'
import { type CommandResult, EXIT } from '../result.ts'
import { UsageError } from '../usage.ts'

export const log = withExamples(
  ['log --ref blessed', 'log --ref pr-42 --limit 5'],
  defineCommand({
    meta: {
      name: 'log',
      description:
        'Shows the states of a ref, the newest first: who pushed, when by their clock, and what changed.',
    },
    args: {
      ref: { type: 'string', default: 'blessed', valueHint: 'REF', description: 'the ref' },
      limit: { type: 'string', default: '20', valueHint: 'N', description: 'how many states' },
      ...registryArgs,
    },
    async run({ args }): Promise<CommandResult> {
      const ref = checkRef(args.ref)
      if (!/^[1-9]\d{0,5}$/.test(args.limit))
        throw new UsageError(`--limit needs a number from 1, not ${JSON.stringify(args.limit)}`)
      return withPlace(args, async (place) => {
        const entries = await historyOf(place, await neededHead(place, ref), Number(args.limit))
        return {
          exitCode: EXIT.fine,
          text: args.json
            ? JSON.stringify(entries, null, 2)
            : entries
                .map(
                  ({ digest, when, by, who, changes, counts }) =>
                    `${digest.slice(0, 12)}  ${when}  ${by}${who === '' ? '' : `, ${who}`}\n` +
                    `    ${changesInWords(changes)}; ${countsInWords(counts)}`,
                )
                .join('\n'),
        }
      })
    },
  }),
)
