/** A pattern with more ways to try than this at one place is not taken for bounded. */
const MAX_WAYS = 64
const MAX_COUNT = 100

/**
 * Whether a regular expression does a bounded number of steps at each place of a text, so that its time is linear in the text: each
 * count has a limit, and all counts together allow few ways to match. At the end of an alternative one character may also repeat
 * without a limit, because everything that it reads is matched.
 * @returns `false` also for what it does not know
 */
export function isBounded({ source, flags }: RegExp): boolean {
  if (flags.includes('v')) return false
  const reader = new Reader(source)
  const ways = reader.alternatives(0)
  return reader.isAtEnd && ways <= MAX_WAYS
}

/** Counts the ways to match. `Infinity`: it cannot tell. */
class Reader {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#source.length
  }

  alternatives(depth: number): number {
    let ways = this.#sequence(depth)
    while (this.#take(/\|/y) !== undefined) ways += this.#sequence(depth)
    return ways
  }

  #sequence(depth: number): number {
    let ways = 1
    while (!this.isAtEnd && !/[|)]/y.test(this.#source.charAt(this.#at))) ways *= this.#term(depth)
    return ways
  }

  #term(depth: number): number {
    // Back-references: what they match has no limit.
    if (this.#take(/\\(?:[1-9]|k<)/y) !== undefined) return Infinity
    if (this.#take(/\^|\$|\\[bB]/y) !== undefined) return 1
    const group = this.#take(/\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?/y)
    let ways = 1
    if (group !== undefined) {
      ways = this.alternatives(depth + 1)
      if (this.#take(/\)/y) === undefined) return Infinity
    } else if (this.#take(CHARACTER) === undefined) return Infinity
    const count = this.#take(/(?:[*+?]|\{\d+(?:,\d*)?\})\??/y)
    return count === undefined ? ways : this.#repeated(ways, count, group === undefined && depth === 0)
  }

  #repeated(ways: number, count: string, mayBeLast: boolean): number {
    const [, from, comma, to] = /^\{(\d+)(,?)(\d*)/.exec(count) ?? []
    const least = from === undefined ? Number(count.startsWith('+')) : Number(from)
    const most = count.startsWith('?') ? 1 : from === undefined ? Infinity : limitOf(least, comma, to)
    if (least > MAX_COUNT) return Infinity
    if (most === Infinity) {
      const isLast = this.isAtEnd || this.#source.charAt(this.#at) === '|'
      return mayBeLast && isLast ? ways : Infinity
    }
    if (most > MAX_COUNT) return Infinity
    let sum = 0
    for (let times = least; times <= most; times++) sum += ways ** times
    return sum
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#source)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }
}

const limitOf = (least: number, comma: string | undefined, to: string | undefined): number =>
  to ? Number(to) : comma ? Infinity : least

/** One character: itself, any, a class, an escape. */
const CHARACTER =
  /\[(?:[^\]\\]|\\[^])*\]|\\(?:u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[pP]\{[^}]*\}|c[A-Za-z]|[^1-9k])|[^\\()[\]{}|*+?^$]/y
