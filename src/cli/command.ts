import type { ArgsDef, CommandDef } from 'citty'

/** One command. Its file in `commands/` exports it under its own name. */
export interface Command {
  readonly definition: CommandDef
  /** Command lines that `--help` shows, without `cassette`. */
  readonly examples: readonly string[]
}

/** @param examples command lines that `--help` shows, without `cassette` */
export const withExamples = <Args extends ArgsDef>(
  examples: readonly string[],
  definition: CommandDef<Args>,
): Command => ({ definition: definition as unknown as CommandDef, examples })
