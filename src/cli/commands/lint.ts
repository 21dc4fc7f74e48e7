import { defineCommand } from 'citty'

import { realNow } from '../../clock.ts'
import { lintCassette } from '../../library/lint.ts'
import { inOwnLayout } from '../../library/rewrite.ts'
import { maxAgeOf } from '../cassette-args.ts'
import { withExamples } from '../command.ts'
import { findingArgs, findingsRun } from '../findings-run.ts'
import type { CommandResult } from '../result.ts'

export const lint = withExamples(
  ['lint', 'lint cassettes --max-age 90', 'lint --format github --strict', 'lint --fix'],
  defineCommand({
    meta: {
      name: 'lint',
      description:
        'Finds what is worth a look in cassettes: recordings that are incomplete, stale or errors, the day of the recording in a ' +
        'prompt, keys of older rules, files that another program has reformatted, recordings that are the same. --fix restores keys and ' +
        'layout; comments inside such an interaction are lost. The exit code is ' +
        '1 with --strict if there is a warning, and 3 if a file could not be read.',
    },
    args: {
      ...findingArgs,
      'max-age': { type: 'string', valueHint: 'DAYS', description: 'name what is older as stale' },
      strict: { type: 'boolean', description: 'exit with 1 if there is a warning' },
    },
    run({ args }): CommandResult {
      const options = { now: realNow(), ...maxAgeOf(args['max-age']) }
      return findingsRun(args, {
        find: (cassette) => lintCassette(cassette, options),
        fails: ({ level }) => args.strict === true && level !== 'note',
        fixable: new Set(['reformatted', 'old-key', 'no-key']),
        fix: inOwnLayout,
      })
    },
  }),
)
