import { type Edit, mergeEdits } from '../edits.ts'
import { createLiteralSearch, type LiteralSearch, type SearchOptions } from '../search/literal-search.ts'

interface Group {
  readonly values: readonly [value: string, standIn: string][]
  readonly search: LiteralSearch
}

/**
 * Searches for values that are learned one by one. They are kept in groups of doubling size, so that to learn one value does not
 * compile the search for all of them again.
 */
export class GivenSearch implements LiteralSearch {
  readonly stages: LiteralSearch['stages']
  readonly #elsewhere: LiteralSearch
  readonly #isActive: (standIn: string) => boolean
  readonly #horizon: () => string
  #count = 0
  readonly #groups: Group[] = []

  /**
   * @param isActive whether the value with this stand-in is searched for now
   * @param horizon another text if that may be another answer
   * @param elsewhere values that are known from the start, and are hidden without a number
   */
  constructor(
    isActive: (standIn: string) => boolean,
    horizon: () => string,
    elsewhere: readonly string[] = [],
  ) {
    this.#elsewhere = createLiteralSearch(elsewhere)
    const own = [0, 1].map(
      (stage) => (bytes: Uint8Array, options?: SearchOptions) => this.#run(stage, bytes, options),
    )
    this.stages = [...own, ...this.#elsewhere.stages]
    this.#isActive = isActive
    this.#horizon = horizon
  }

  /** The same text as long as a search finds the same. */
  get state(): string {
    return this.#count === 0 ? '' : `${this.#count} ${this.#horizon()} `
  }

  add(value: string, standIn: string): void {
    const values: [string, string][] = [[value, standIn]]
    while ((this.#groups.at(-1)?.values.length ?? Infinity) <= values.length)
      values.push(...(this.#groups.pop()?.values ?? []))
    const standIns = new Map(values)
    const search = createLiteralSearch([...standIns.keys()], undefined, {
      standIns,
      isActive: this.#isActive,
    })
    this.#groups.push({ values, search })
    this.#count++
  }

  inBinary = (bytes: Uint8Array): Edit[] =>
    mergeEdits([
      ...this.#groups.flatMap(({ search }) => search.inBinary(bytes)),
      ...this.#elsewhere.inBinary(bytes),
    ])

  #run(stage: number, bytes: Uint8Array, options?: SearchOptions): Edit[] {
    if (this.#groups.length === 0) return []
    return mergeEdits(this.#groups.flatMap(({ search }) => search.stages[stage]?.(bytes, options) ?? []))
  }
}
