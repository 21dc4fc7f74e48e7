import type { Since } from './exchange.ts'

/** `{since}` to spread into a part of a response, or nothing if no request is named. */
export const sinceOf = (since: Since): { readonly since?: Since } => (since.length === 0 ? {} : { since })

/** Separates the first and the last id of a range. No id has dots. */
const TO = '..'

/** The name for all interactions from one to another, in the order of the file. */
export const rangeName = (first: string, last: string): string =>
  first === last ? first : `${first}${TO}${last}`

/** The first and the last id of a range. A name that is not a range gives the same id twice. */
export function rangeOf(name: string): readonly [first: string, last: string] {
  const at = name.indexOf(TO)
  return at === -1 ? [name, name] : [name.slice(0, at), name.slice(at + TO.length)]
}
