import { defineCommand } from 'citty'

import { hasMetadata, type Metadata } from '../../cassette/metadata.ts'
import { isoNow } from '../../clock.ts'
import { annotation, withoutKey } from '../../library/annotate.ts'
import { inOwnLayout } from '../../library/rewrite.ts'
import { plural } from '../../reports/library/words.ts'
import { editInteractions } from '../../storage/edit-interactions.ts'
import { thisRun } from '../../storage/lock/identity.ts'
import { cassettePaths, readFiles } from '../../storage/sources/cassette-files.ts'
import { namesOf } from '../cassette-args.ts'
import { withExamples } from '../command.ts'
import { type CommandResult, EXIT } from '../result.ts'
import { UsageError } from '../usage.ts'

/** What was written into one file. */
interface Annotated {
  readonly path: string
  /** Interactions that got a key. */
  readonly keys: number
  readonly metadata: Metadata
}

export const annotate = withExamples(
  [
    'annotate',
    'annotate cassettes/support --category support',
    `annotate cassettes/a.yaml --metadata '{"owner": "web"}' --dry-run`,
  ],
  defineCommand({
    meta: {
      name: 'annotate',
      description:
        'Fills in what older cassettes do not have: the keys of interactions, a summary, and your own metadata, such as the category ' +
        'that cassette report groups by. What is there stays, but for the metadata that you give.',
    },
    args: {
      names: {
        type: 'positional',
        required: false,
        description: 'files, folders or patterns (default: CASSETTE_DIR, or cassettes)',
      },
      category: { type: 'string', valueHint: 'NAME', description: 'the category, in the metadata' },
      metadata: { type: 'string', valueHint: 'JSON', description: 'more metadata: a JSON object' },
      'dry-run': { type: 'boolean', description: 'only tell what would be written' },
      json: { type: 'boolean', description: 'print what was written as JSON' },
    },
    run({ args }): CommandResult {
      const given = {
        ...parsedMetadata(args.metadata),
        ...(args.category === undefined ? {} : { category: args.category }),
      }
      const done: Annotated[] = []
      const problems = readFiles(cassettePaths(namesOf(args._)), ({ cassette, path }) => {
        const metadata = annotation(cassette, given)
        const keys = withoutKey(cassette).length
        if (keys === 0 && hasMetadata(cassette, metadata)) return
        if (args['dry-run'] !== true)
          editInteractions(
            path,
            (now) => new Map(withoutKey(now).map((entry) => [entry, inOwnLayout(entry)])),
            {
              run: thisRun(isoNow()),
              isDry: false,
              metadata: (now) => annotation(now, given),
            },
          )
        done.push({ path, keys, metadata })
      })
      const exitCode = problems.length > 0 ? EXIT.unreadable : EXIT.fine
      if (args.json) return { exitCode, text: JSON.stringify({ annotated: done, problems }, null, 2) }
      const verb = args['dry-run'] === true ? 'would get' : 'got'
      const lines = done.map(
        ({ keys, metadata, path }) =>
          `${path} ${verb} ${[...(keys > 0 ? [plural(keys, 'key')] : []), ...Object.keys(metadata)].join(', ')}`,
      )
      return { exitCode, text: lines.join('\n') || 'nothing to add', problems }
    },
  }),
)

function parsedMetadata(text: string | undefined): Metadata {
  if (text === undefined) return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Metadata
  } catch {
    // Told below.
  }
  throw new UsageError(
    `--metadata needs a JSON object, such as '{"owner": "web"}', not ${JSON.stringify(text)}`,
  )
}
