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
}

const dashed = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/**
 * Refuses unknown flags. citty accepts every flag, so a mistyped one would silently do nothing.
 * @throws UsageError if a flag is unknown; the message lists the known flags
 */
export function checkFlags(rawArgs: readonly string[], args: CommandDef['args']): void {
  const known = new Set<string>()
  for (const [name, { alias, type }] of Object.entries((args ?? {}) as Record<string, Named>)) {
    if (type === 'positional') continue
    for (const one of [name, ...[alias ?? []].flat()]) {
      known.add(one.length === 1 ? `-${one}` : `--${dashed(one)}`)
      if (type === 'boolean') known.add(`--no-${dashed(one)}`)
    }
  }
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
