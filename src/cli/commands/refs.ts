import { defineCommand } from 'citty'

import { realNow } from '../../clock.ts'
import { countsOf } from '../../registry/compare.ts'
import { checkRef } from '../../registry/names.ts'
import { ageOf, columns, counted, sizeOf } from '../../reports/library/words.ts'
import { removeRef } from '../../transfer/collect.ts'
import { headOf, refsOf } from '../../transfer/place.ts'
import { withExamples } from '../command.ts'
import { registryArgs, withPlace } from '../registry/place.ts'
import { type CommandResult, EXIT } from '../result.ts'

export const refs = withExamples(
  ['refs', 'refs --json', 'refs --remove pr-42'],
  defineCommand({
    meta: {
      name: 'refs',
      description:
        'Lists the refs of a project: how much each names, and who pushed it when. --remove removes one.',
    },
    args: {
      ...registryArgs,
      remove: {
        type: 'string',
        valueHint: 'REF',
        description: 'remove this ref; "cassette gc" removes later what only it needs',
      },
    },
    async run({ args }): Promise<CommandResult> {
      return withPlace(args, async (place) => {
        if (args.remove !== undefined) {
          await removeRef(place, checkRef(args.remove))
          return {
            exitCode: EXIT.fine,
            text: args.json ? JSON.stringify({ removed: args.remove }) : `removed the ref ${args.remove}`,
          }
        }
        const list = []
        for (const ref of await refsOf(place)) {
          const head = await headOf(place, ref)
          if (!head) continue
          const { by, who, when, files } = head.manifest
          list.push({ ref, digest: head.digest, by, who, when, ...countsOf(files) })
        }
        if (args.json) return { exitCode: EXIT.fine, text: JSON.stringify(list, null, 2) }
        if (list.length === 0)
          return { exitCode: EXIT.fine, text: `${place.project} has no refs in ${place.store.name}` }
        const rows = list.map((one) => [
          one.ref,
          one.digest.slice(0, 12),
          counted(one.cassettes),
          counted(one.interactions),
          sizeOf(one.bytes),
          ageOf(one.when, realNow()),
          `${one.by}${one.who === '' ? '' : `, ${one.who}`}`,
        ])
        const titles = ['ref', 'state', 'cassettes', 'interactions', 'size', 'age', 'by']
        return { exitCode: EXIT.fine, text: columns([titles, ...rows], new Set([2, 3, 4])).join('\n') }
      })
    },
  }),
)
