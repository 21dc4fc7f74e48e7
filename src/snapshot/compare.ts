import { compareDigests } from '../drift/compare.ts'
import type { Digest } from '../drift/types.ts'

/** Longer values are cut in messages, in characters. */
const MAX_VALUE = 300

/** A digest as a file gives it back, with no secret. Usage differs at each call, so it is left out. */
export function storable(digest: Digest, redact: (text: string) => string): Digest {
  return JSON.parse(
    JSON.stringify({ ...digest, usage: null }, (_key, value: unknown) =>
      typeof value === 'string' ? redact(value) : value,
    ),
  ) as Digest
}

/** What broke, a line for each change; `undefined`: the answer is the same, or only reworded. */
export function regressionOf(stored: Digest, current: Digest, strictValues: boolean): string | undefined {
  const { verdict, changes } = compareDigests(stored, current, { strictValues })
  if (verdict !== 'regression') return undefined
  return changes
    .filter((change) => change.verdict === 'regression')
    .map(({ path, before, after }) => `  ${path}: ${shown(before)} -> ${shown(after)}`)
    .join('\n')
}

function shown(value: unknown): string {
  const text = value === undefined ? '(absent)' : JSON.stringify(value)
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE).toWellFormed()}…` : text
}
