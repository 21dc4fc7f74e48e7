import { isRawNumber } from './json.ts'

/**
 * JSON in the canonical form of RFC 8785 (JCS): keys sorted by UTF-16 code units, no white space, ECMAScript's numbers and
 * string escapes. Fields that are `undefined` are left out. Beyond the RFC, which refuses them: lone surrogates are escaped, and
 * numbers that a double cannot hold keep their digits.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (isRawNumber(value)) return value.rawJSON
  const object = value as Readonly<Record<string, unknown>>
  let out = ''
  for (const key of Object.keys(object).toSorted()) {
    const item = object[key]
    if (item !== undefined) out += `${out === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(item)}`
  }
  return `{${out}}`
}
