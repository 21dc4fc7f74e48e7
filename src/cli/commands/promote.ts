import { defineCommand } from 'citty'

import { isoNow } from '../../clock.ts'
import { changesInWords, countsInWords } from '../../reports/registry.ts'
import { countsOf } from '../../registry/compare.ts'
import { checkRef } from '../../registry/names.ts'
import { neededHead } from '../../transfer/place.ts'
import { promote as promoteRef } from '../../transfer/promote.ts'
import { withExamples } from '../command.ts'
import { registryArgs, whoPushes, withPlace } from '../registry/place.ts'
import { type CommandResult, EXIT } from '../result.ts'

export const promote = withExamples(
  ['promote pr-42 blessed'],
  defineCommand({
    meta: {
      name: 'promote',
      description:
        'Makes a ref name exactly the cassettes that another ref names. No cassette is sent. What the ref named before stays in its log.',
    },
    args: {
      from: { type: 'positional', required: true, description: 'the ref with the cassettes' },
      to: { type: 'positional', required: true, description: 'the ref that changes' },
      ...registryArgs,
    },
    async run({ args }): Promise<CommandResult> {
      const [from, to] = [checkRef(args.from), checkRef(args.to)]
      return withPlace(args, async (place) => {
        const head = await neededHead(place, from)
        const { digest, changes, files } = await promoteRef(place, head, to, {
          who: whoPushes(),
          now: isoNow,
        })
        return {
          exitCode: EXIT.fine,
          text: args.json
            ? JSON.stringify({ from, to, digest, changes, counts: countsOf(files) }, null, 2)
            : `${to} is ${digest.slice(0, 12)}, as ${from}: ${countsInWords(countsOf(files))}; ${changesInWords(changes)}`,
        }
      })
    },
  }),
)
