import { defineCommand } from 'citty'

import { isoNow } from '../../clock.ts'
import { plural, sizeOf } from '../../reports/library/words.ts'
import { checkRef } from '../../registry/names.ts'
import { thisRun } from '../../storage/lock/identity.ts'
import { Cache, cacheFolder } from '../../transfer/cache.ts'
import { neededHead } from '../../transfer/place.ts'
import { pull as pullInto } from '../../transfer/pull.ts'
import { withExamples } from '../command.ts'
import { registryArgs, withPlace } from '../registry/place.ts'
import { type CommandResult, EXIT } from '../result.ts'
import { progressOf, say } from '../registry/progress.ts'

export const pull = withExamples(
  ['pull --ref blessed', 'pull --ref pr-42 --dir test/cassettes'],
  defineCommand({
    meta: {
      name: 'pull',
      description:
        'Writes the cassettes of a ref into a folder. All are fetched and checked before the first is written. No file is removed. A ' +
        'cassette that was changed here, and is in no former state of the ref, is not replaced: nothing is written then, and the exit ' +
        'code is 1.',
    },
    args: {
      ref: { type: 'string', default: 'blessed', valueHint: 'REF', description: 'the ref' },
      dir: {
        type: 'string',
        valueHint: 'DIR',
        description: 'the folder (default: CASSETTE_DIR, or cassettes)',
      },
      ...registryArgs,
      force: { type: 'boolean', description: 'replace also cassettes that were changed here' },
    },
    async run({ args }): Promise<CommandResult> {
      const ref = checkRef(args.ref)
      const folder = args.dir ?? (process.env['CASSETTE_DIR'] || 'cassettes')
      const progress = progressOf('fetched')
      return withPlace(args, async (place) => {
        const { digest, manifest } = await neededHead(place, ref)
        const pulled = await pullInto({
          place,
          manifest,
          folder,
          cache: new Cache(cacheFolder(process.env)),
          force: args.force === true,
          run: thisRun(isoNow()),
          onPlan({ files, bytes }) {
            if (files > 0)
              say(`${plural(files, 'cassette')} to write (${sizeOf(bytes)}), from ${place.store.name}`)
            progress.start(bytes)
          },
          onPiece: (bytes) => progress.add(bytes),
        })
        progress.end()
        const { written, same, changedHere } = pulled
        const isRefused = changedHere.length > 0
        return {
          exitCode: isRefused ? EXIT.found : EXIT.fine,
          text: args.json
            ? JSON.stringify({ ref, digest, ...pulled }, null, 2)
            : isRefused
              ? changedHere.map((path) => `changed here: ${path}`).join('\n')
              : `${folder} has ${ref} (${digest.slice(0, 12)}): ${plural(written.length, 'cassette')} written, ${same} as before`,
          problems: isRefused
            ? [
                'Nothing was written. Push these cassettes to a ref of their own first, or replace them with --force.',
              ]
            : [],
        }
      })
    },
  }),
)
