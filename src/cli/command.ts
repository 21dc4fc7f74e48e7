import type { ArgsDef, CommandDef } from 'citty'

import { defined } from '../base/defined.ts'

/** One command. Its file in `commands/` exports it under its own name. */
export interface Command {
  readonly definition: CommandDef
  /** Command lines that `--help` shows, without `cassette`. */
  readonly examples: readonly string[]
  /** What follows the options in the usage line, if citty does not know it. */
  readonly rest?: string
}

/** A command that is not loaded yet. */
export interface CommandEntry {
  readonly summary: string
  readonly load: () => Promise<Command>
}

/**
 * @param examples command lines that `--help` shows, without `cassette`
 * @param rest what follows the options in the usage line, if citty does not know it
 */
export const withExamples = <Args extends ArgsDef>(
  examples: readonly string[],
  definition: CommandDef<Args>,
  rest?: string,
): Command => ({ definition: definition as unknown as CommandDef, examples, ...defined({ rest }) })
