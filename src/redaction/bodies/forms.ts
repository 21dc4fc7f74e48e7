import type { ByteText } from '../byte-text.ts'
import { toByteText } from '../byte-text.ts'
import type { Edit } from '../edits.ts'
import { PLACEHOLDER, placeholderEdit } from '../edits.ts'
import { plainName, SECRET_FIELDS, TOKEN_ENDPOINT_FIELDS } from '../names.ts'
import type { RedactionRules } from '../options.ts'

/** One `name=value` of a form or a query, as written. `value` is `undefined` if there is no `=`. */
export interface Pair {
  readonly start: number
  readonly name: string
  readonly value: string | undefined
  readonly valueStart: number
}

export function* pairsOf(text: string): Generator<Pair> {
  let start = 0
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=')
    yield equals === -1
      ? { start, name: pair, value: undefined, valueStart: start + pair.length }
      : { start, name: pair.slice(0, equals), value: pair.slice(equals + 1), valueStart: start + equals + 1 }
    start += pair.length + 1
  }
}

/** The decoded name or value of a form or a query. Text that is not well encoded is returned unchanged. */
export function decodeFormText(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

/** Whether the rules make a form field of that name a secret. */
export function isSecretField(name: string, rules: RedactionRules): boolean {
  const inner = /\[([^[\]]+)\]$/.exec(name)?.[1] ?? name
  const plain = plainName(inner)
  if (rules.keep.has(plain) || rules.keep.has(plainName(name))) return false
  if (SECRET_FIELDS.has(plain) || TOKEN_ENDPOINT_FIELDS.has(plain)) return true
  return rules.fields.has(toByteText(inner)) || rules.fields.has(toByteText(name))
}

/** The secret values of an `application/x-www-form-urlencoded` body. */
export function formEdits(text: ByteText, rules: RedactionRules): Edit[] {
  const edits: Edit[] = []
  for (const { name, value, valueStart } of pairsOf(text)) {
    if (value === undefined || value === '' || value === PLACEHOLDER) continue
    if (isSecretField(decodeFormText(name), rules))
      edits.push(placeholderEdit(valueStart, valueStart + value.length))
  }
  return edits
}
