import type { ByteText } from '../byte-text.ts'
import { toByteText } from '../byte-text.ts'
import type { Edit } from '../edits.ts'
import { isStandIn, PLACEHOLDER } from '../edits.ts'
import { isJwt } from '../../base/value-shapes.ts'
import {
  isAmbiguousSecret,
  isAssertionName,
  isSecretParameter,
  plainName,
} from '../../providers/requests/credentials.ts'
import { TOKEN_ENDPOINT_FIELDS, TOKEN_ENDPOINT_MARKS } from '../names.ts'
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

/**
 * Whether the rules, and the value of a form field, make it a secret.
 * @param names of all fields of the form
 */
function isSecretField(
  name: string,
  value: string,
  names: ReadonlySet<string>,
  rules: RedactionRules,
): boolean {
  const inner = innerName(name)
  const plain = plainName(inner)
  if (rules.keep.has(plain) || rules.keep.has(plainName(name))) return false
  if (isSecretParameter(name, names) || isAmbiguousSecret(name, value)) return true
  if (isAssertionName(name) && isJwt(value)) return true
  if (TOKEN_ENDPOINT_FIELDS.has(plain) && isTokenEndpoint(names)) return true
  return rules.fields.has(toByteText(inner)) || rules.fields.has(toByteText(name))
}

/**
 * What replaces the value of a form field; `undefined`: it stays.
 * @param names of all fields of the form
 */
export function hiddenField(
  name: string,
  value: string,
  names: ReadonlySet<string>,
  rules: RedactionRules,
): string | undefined {
  const { given } = rules
  const known = isStandIn(value) ? undefined : given.of(name, value, 'field')
  if (known !== undefined) return known
  if (!isSecretField(name, value, names, rules)) return undefined
  const isUsers = rules.fields.has(toByteText(name)) || rules.fields.has(toByteText(innerName(name)))
  return isUsers ? PLACEHOLDER : given.hide(name, value, 'field')
}

const innerName = (name: string): string => /\[([^[\]]+)\]$/.exec(name)?.[1] ?? name

const isTokenEndpoint = (names: ReadonlySet<string>): boolean =>
  [...names].some((name) => TOKEN_ENDPOINT_MARKS.has(plainName(name)))

/** The secret values of an `application/x-www-form-urlencoded` body. */
export function formEdits(text: ByteText, rules: RedactionRules): Edit[] {
  const edits: Edit[] = []
  const pairs = [...pairsOf(text)]
  const names = new Set(pairs.map(({ name }) => decodeFormText(name)))
  for (const { name, value, valueStart } of pairs) {
    if (value === undefined || value === '' || isStandIn(value)) continue
    const hidden = hiddenField(decodeFormText(name), decodeFormText(value), names, rules)
    if (hidden !== undefined) edits.push({ start: valueStart, end: valueStart + value.length, text: hidden })
  }
  return edits
}

/** The edits without those of secrets that may be the name of a field, where they are in a name. */
export function outsideNames(text: ByteText, edits: readonly Edit[]): readonly Edit[] {
  if (!edits.some(({ mayBeName }) => mayBeName)) return edits
  const values = [...pairsOf(text)].flatMap(({ value, valueStart }) =>
    value === undefined ? [] : [{ from: valueStart, to: valueStart + value.length }],
  )
  const isInValue = ({ start, end }: Edit): boolean => values.some(({ from, to }) => start < to && end > from)
  return edits.filter((edit) => !edit.mayBeName || isInValue(edit))
}
