/**
 * The id of a new interaction: the first 16 hex digits of its match key, with `-2`, `-3` ... if that is taken.
 * @param taken the ids the cassette has; the caller adds the new one
 * @param from the first number to try
 */
export function nextId(matchKey: string, taken: { has(id: string): boolean }, from = 2): string {
  const base = matchKey.slice(0, 16)
  if (!taken.has(base)) return base
  let repeat = from
  while (taken.has(`${base}-${repeat}`)) repeat++
  return `${base}-${repeat}`
}

/** Gives ids to new interactions of a cassette that loses none: the numbers of a key that are taken are not tried again. */
export class Ids {
  readonly #taken: Set<string>
  readonly #next = new Map<string, number>()

  /** @param taken the ids that the cassette has already. Changed by `take`. */
  constructor(taken: Set<string>) {
    this.#taken = taken
  }

  /** The id of a new interaction. It is taken from now on. */
  take(matchKey: string): string {
    const base = matchKey.slice(0, 16)
    const id = nextId(matchKey, this.#taken, this.#next.get(base))
    this.#taken.add(id)
    if (id !== base) this.#next.set(base, Number(id.slice(base.length + 1)) + 1)
    return id
  }
}
