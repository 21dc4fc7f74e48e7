import { stripVTControlCharacters } from 'node:util'

import { type CommandDef, renderUsage } from 'citty'

import type { Command } from './command.ts'
import type { Colors } from '../colors.ts'

/** The command line is wrong. The exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

interface Named {
  readonly type?: string
  readonly alias?: string | readonly string[]
  readonly description?: string
}

const dashed = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** A flag, with its dashes. */
export interface Flag {
  readonly name: string
  readonly summary: string
  readonly isBoolean: boolean
}

/** The flags of a command, those with one letter too. */
export const flagsOf = (args: CommandDef['args']): Flag[] =>
  Object.entries((args ?? {}) as Record<string, Named>).flatMap(([name, { alias, description = '', type }]) =>
    type === 'positional'
      ? []
      : [name, ...[alias ?? []].flat()].map((one) => ({
          name: one.length === 1 ? `-${one}` : `--${dashed(one)}`,
          summary: description,
          isBoolean: type === 'boolean',
        })),
  )

/**
 * Refuses unknown flags. citty accepts every flag, so a mistyped one would silently do nothing.
 * @throws UsageError if a flag is unknown; the message lists the known flags
 */
export function checkFlags(rawArgs: readonly string[], args: CommandDef['args']): void {
  const flags = flagsOf(args)
  const known = new Set([
    ...flags.map(({ name }) => name),
    ...flags.flatMap(({ isBoolean, name }) => (isBoolean ? [name.replace(/^--?/, '--no-')] : [])),
  ])
  const unknown = rawArgs.find((arg) => /^-./.test(arg) && !known.has(arg.split('=', 1)[0] ?? ''))
  if (unknown !== undefined)
    throw new UsageError(`unknown option ${unknown}; use one of ${[...known, '--help'].join(', ')}`)
}

/** The text of `cassette COMMAND --help`. citty makes the layout. Its colours ignore the kind of stream, so they are replaced. */
export async function usageOf(
  { definition, examples, rest }: Command,
  { bold, cyan, dim }: Colors,
): Promise<string> {
  const plain = stripVTControlCharacters(await renderUsage(definition, { meta: { name: 'cassette' } }))
  const usage = rest === undefined ? plain : plain.replace(/^(USAGE .*?) *$/m, `$1 ${rest}`)
  const shown = examples.map((line) => `  cassette ${line}`)
  return `${usage.trimEnd()}\n\nEXAMPLES\n\n${shown.join('\n')}`
    .trimEnd()
    .replaceAll(/^[A-Z]{5,}(?= |$)/gm, bold)
    .replaceAll(/(?<=^ +)(?:--?|[A-Z])\S+(?= {2})/gm, cyan)
    .replaceAll(/\(Required\)/g, dim)
}

/**
 * The values of an option that may be given several times. citty keeps only the last one.
 * @throws {UsageError} if it has no value
 */
export function repeated(rawArgs: readonly string[], option: string): string[] {
  return rawArgs.flatMap((arg, i) => {
    if (arg.startsWith(`${option}=`)) return [arg.slice(option.length + 1)]
    if (arg !== option) return []
    const value = rawArgs[i + 1]
    if (value === undefined) throw new UsageError(`${option} needs a value`)
    return [value]
  })
}
