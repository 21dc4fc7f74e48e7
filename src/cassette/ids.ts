/**
 * The id of a new interaction: the first 16 hex digits of its match key, with `-2`, `-3` ... if that is taken.
 * @param taken the ids the cassette has; the caller adds the new one
 */
export function nextId(matchKey: string, taken: { has(id: string): boolean }): string {
  const base = matchKey.slice(0, 16)
  if (!taken.has(base)) return base
  let repeat = 2
  while (taken.has(`${base}-${repeat}`)) repeat++
  return `${base}-${repeat}`
}
