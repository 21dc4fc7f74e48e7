import { defineCommand } from 'citty'

import { scanCassette } from '../../library/scan.ts'
import { withoutSecrets } from '../../library/rewrite.ts'
import { createRedactor } from '../../redaction/redactor.ts'
import { withExamples } from '../command.ts'
import { findingArgs, findingsRun } from '../findings-run.ts'
import type { CommandResult } from '../result.ts'

export const scan = withExamples(
  ['scan', 'scan cassettes --keep city,lang', 'scan --format sarif > secrets.sarif'],
  defineCommand({
    meta: {
      name: 'scan',
      description:
        'Finds secrets in existing cassettes: every place that redaction would change if it were recorded today, in decoded and ' +
        'joined bodies, also the values of secret variables of the environment. No secret is printed. --fix redacts them in place, and requests still match. The exit code is 1 with a ' +
        'secret, and 3 if a file could not be read.',
    },
    args: {
      ...findingArgs,
      keep: {
        type: 'string',
        valueHint: 'NAMES',
        description: 'names whose values may stay, with commas, as redact.keep',
      },
    },
    run({ args }): CommandResult {
      const keep = (args.keep ?? '').split(',').flatMap((name) => name.trim() || [])
      const redactor = createRedactor({ env: process.env, ...(keep.length > 0 ? { redact: { keep } } : {}) })
      return findingsRun(args, {
        find: (cassette) => scanCassette(cassette, redactor),
        fails: ({ level }) => level === 'error',
        fixable: new Set(['secret']),
        fix: (entry) => withoutSecrets(entry, redactor),
      })
    },
  }),
)
