import { COMMANDS } from '../../src/cli/commands.ts'
import type { Command } from '../../src/cli/command.ts'

interface Argument {
  readonly type?: string
  readonly required?: boolean
  readonly description?: string
  readonly valueHint?: string
  readonly default?: string | boolean
}

const INTRODUCTION = `<!-- Made by \`npm run docs\` from the definitions of the commands. Do not edit. -->

# The command line

The same text is printed by \`cassette COMMAND --help\`.

Results are printed on standard output, errors on standard error. Colours are printed only on a terminal; \`NO_COLOR\` turns them
off. Exit codes: 0 fine; 1 the check found something; 2 the command line is wrong; 3 a file could not be read or written.
\`cassette run\` ends with the exit code of its program.
`

/** The text of docs/cli.md. */
export async function renderCommands(): Promise<string> {
  const parts = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, entry]) => partOf(name, entry.summary, await entry.load())),
  )
  return `${INTRODUCTION}\n${parts.join('\n')}`
}

function partOf(name: string, summary: string, { definition, examples }: Command): string {
  const all = Object.entries((definition.args ?? {}) as Record<string, Argument>)
  const { description = '' } = definition.meta as { readonly description?: string }
  const positional = all.filter(([, { type }]) => type === 'positional')
  const usage = positional.map(([one, { required }]) =>
    required === false ? `[${one.toUpperCase()}]` : one.toUpperCase(),
  )
  return [
    `## cassette ${name}`,
    '',
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    '',
    '```',
    `cassette ${[name, ...usage, ...(all.length > positional.length ? ['[options]'] : [])].join(' ')}`,
    '```',
    '',
    description,
    '',
    '| argument | |',
    '|---|---|',
    ...all.map((one) => rowOf(one)),
    '',
    '```sh',
    ...examples.map((example) => `cassette ${example}`),
    '```',
    '',
  ].join('\n')
}

function rowOf([name, argument]: readonly [string, Argument]): string {
  const { type, description = '', valueHint, default: standard } = argument
  const shown =
    type === 'positional' ? name.toUpperCase() : `--${name}${valueHint === undefined ? '' : ` ${valueHint}`}`
  const more = standard === undefined ? '' : ` (default: \`${String(standard)}\`)`
  return `| \`${shown.replaceAll('|', '\\|')}\` | ${`${description}${more}`.replaceAll('|', '\\|')} |`
}
