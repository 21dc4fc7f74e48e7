import { byCodeUnit, isRawNumber } from './json.ts'

/** The characters that `JSON.stringify` escapes. It is slow for short strings, which rarely have one. */
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/

const quote = (text: string): string =>
  text.length < 64 && !ESCAPED.test(text) ? `"${text}"` : JSON.stringify(text)

/** Most objects that the normalisers make have sorted keys already. */
function sorted(keys: readonly string[]): readonly string[] {
  let before = ''
  for (const key of keys) {
    if (before > key) return keys.toSorted(byCodeUnit)
    before = key
  }
  return keys
}

/**
 * JSON in the canonical form of RFC 8785 (JCS): keys sorted by UTF-16 code units, no white space, ECMAScript's numbers and
 * string escapes. Fields that are `undefined` are omitted. The RFC refuses two kinds of value that this accepts: lone
 * surrogates are escaped, and numbers that a double cannot hold keep their digits.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  let out = ''
  if (Array.isArray(value)) {
    for (const item of value) out += out === '' ? canonicalJson(item) : `,${canonicalJson(item)}`
    return `[${out}]`
  }
  if (isRawNumber(value)) return value.rawJSON
  const object = value as Readonly<Record<string, unknown>>
  for (const key of sorted(Object.keys(object))) {
    const item = object[key]
    if (item !== undefined) out += `${out === '' ? '' : ','}${quote(key)}:${canonicalJson(item)}`
  }
  return `{${out}}`
}
