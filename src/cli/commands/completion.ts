import { defineCommand } from 'citty'

import { type Described, SHELLS } from '../../reports/completion.ts'
import { type Command, type CommandEntry, withExamples } from '../command.ts'
import { type CommandResult, EXIT } from '../result.ts'
import { flagsOf, UsageError } from '../usage.ts'

/** @param all the commands that it completes */
export const completionOf = (all: Readonly<Record<string, CommandEntry>>): Command =>
  withExamples(
    [
      'completion bash > ~/.local/share/bash-completion/completions/cassette',
      'completion zsh > ~/.zfunc/_cassette',
      'completion fish > ~/.config/fish/completions/cassette.fish',
    ],
    defineCommand({
      meta: {
        name: 'completion',
        description:
          'Prints the script that completes the commands and options of cassette in a shell. It needs no other program.',
      },
      args: {
        shell: { type: 'positional', required: true, description: Object.keys(SHELLS).join(', ') },
      },
      async run({ args }): Promise<CommandResult> {
        const script = Object.hasOwn(SHELLS, args.shell) ? SHELLS[args.shell] : undefined
        if (!script)
          throw new UsageError(
            `unknown shell ${JSON.stringify(args.shell)}; use one of ${Object.keys(SHELLS).join(', ')}`,
          )
        const commands = await Promise.all(
          Object.entries(all).map(async ([name, { summary, load }]): Promise<Described> => {
            const { definition } = await load()
            return {
              name,
              summary,
              flags: [...flagsOf(definition.args), { name: '--help', summary: 'how to use it' }],
            }
          }),
        )
        return { exitCode: EXIT.fine, text: script(commands).trimEnd() }
      },
    }),
  )
