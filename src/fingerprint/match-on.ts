import { UnknownMatchFieldError } from '../errors/unknown-match-field-error.ts'
import type { CanonicalRequest } from '../providers/types.ts'

/** CANONICAL section 1. */
export const DEFAULT_MATCH_ON: readonly string[] = [
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'response_format',
  'reasoning_effort',
  'reasoning',
  'thinking',
]

/**
 * Throws `UnknownMatchFieldError` when `names` holds a name that is neither a canonical field nor a field of this request.
 */
export function checkMatchOn(names: readonly string[] | undefined, canonical: CanonicalRequest): void {
  const available = Object.keys(canonical)
    .filter((name) => name !== 'api')
    .toSorted()
  const unknown = (names ?? []).filter(
    (name) => !DEFAULT_MATCH_ON.includes(name) && !available.includes(name),
  )
  if (unknown.length > 0) throw new UnknownMatchFieldError(unknown, available)
}
