import { defineCommand } from 'citty'

import { withExamples } from '../command.ts'
import { filesOrFolders, gateArgs, gateRun } from '../gate-run.ts'
import type { CommandResult } from '../result.ts'

export const diff = withExamples(
  [
    'diff before.yaml after.yaml',
    'diff cassettes/gpt-5 cassettes/gpt-6 --format markdown',
    'diff before after --fail-on benign',
  ],
  defineCommand({
    meta: {
      name: 'diff',
      description:
        'Compares the recorded answers of two cassettes, or of two folders of them, and tells whether they were only ' +
        'reworded or changed in a way that can break a program. The exit code is 0 without a regression, 1 with one, ' +
        'and 3 if something could not be compared.',
    },
    args: {
      a: { type: 'positional', required: true, description: 'the cassette, or folder, to compare with' },
      b: { type: 'positional', required: true, description: 'the new one' },
      ...gateArgs,
    },
    run: ({ args }): CommandResult => gateRun(() => filesOrFolders(args.a, args.b), args, undefined),
  }),
)
