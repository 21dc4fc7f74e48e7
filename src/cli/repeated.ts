import { UsageError } from './usage.ts'

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
