import { PLACEHOLDER } from '../edits.ts'

/** The strings of a JSON value that its redacted form replaces by placeholders. */
export function replacedStrings(value: unknown, redacted: unknown, found = new Set<string>()): Set<string> {
  if (typeof value === 'string') {
    if (redacted === PLACEHOLDER && value !== PLACEHOLDER && value !== '') found.add(value)
  } else if (
    typeof value === 'object' &&
    value !== null &&
    typeof redacted === 'object' &&
    redacted !== null
  ) {
    for (const [key, member] of Object.entries(value))
      replacedStrings(member, Reflect.get(redacted, key), found)
  }
  return found
}
