import { defineCommand } from 'citty'

import { plural } from '../../reports/library/words.ts'
import { collect } from '../../transfer/collect.ts'
import { withExamples } from '../command.ts'
import { registryArgs, withPlace } from '../registry/place.ts'
import { type CommandResult, EXIT } from '../result.ts'
import { UsageError } from '../usage.ts'

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

export const gc = withExamples(
  ['gc', 'gc --dry-run', 'gc --grace 7d --keep 5'],
  defineCommand({
    meta: {
      name: 'gc',
      description:
        'Removes from a registry what no ref needs. The first call finds it; a call after the grace removes what is still unused. Nothing ' +
        'that a ref names is removed.',
    },
    args: {
      ...registryArgs,
      grace: {
        type: 'string',
        default: '24h',
        valueHint: 'TIME',
        description:
          'how long something must be unused: minutes, hours or days; longer than the longest push',
      },
      keep: {
        type: 'string',
        default: '20',
        valueHint: 'N',
        description: 'how many states of each ref stay',
      },
      'dry-run': { type: 'boolean', description: 'only say what would be removed' },
    },
    async run({ args }): Promise<CommandResult> {
      const isDry = args['dry-run'] === true
      const [, number, unit = ''] = /^(\d{1,6})([mhd])$/.exec(args.grace) ?? []
      if (number === undefined)
        throw new UsageError(`--grace needs a time such as 30m, 24h or 7d, not ${JSON.stringify(args.grace)}`)
      if (!/^[1-9]\d{0,5}$/.test(args.keep))
        throw new UsageError(`--keep needs a number from 1, not ${JSON.stringify(args.keep)}`)
      const grace = Number(number) * (UNITS[unit] ?? 0)
      return withPlace(args, async (place) => {
        const found = await collect(place, { grace, keep: Number(args.keep), isDry })
        const verb = isDry ? 'to remove' : 'removed'
        return {
          exitCode: EXIT.fine,
          text: args.json
            ? JSON.stringify({ ...found, dryRun: isDry }, null, 2)
            : [
                ...found.removed.map((key) => `${verb}: ${key}`),
                `${plural(found.objects, 'object')}, ${plural(found.refs, 'ref')}: ${found.removed.length} ${verb}, ` +
                  `${found.condemned} unused and not old enough`,
              ].join('\n'),
        }
      })
    },
  }),
)
