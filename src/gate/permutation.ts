/** Below this many recordings a side, no order of labels is rare enough: C(6, 3) / 2 = 10 of them, so p is 0.1 at best. */
export const MIN_RUNS = 4
/** A difference counts if chance alone would give it less often than this. */
export const SIGNIFICANT = 0.05
/** So many orders of labels are tried one by one; of more, as many are drawn. */
const MAX_ORDERS = 10_000

/** Whether two recordings differ: 1, or 0. */
export type Distance = (a: number, b: number) => number

export interface PermutationResult {
  /** How much more often two recordings of different sides differ than two of one side: from -1 to 1. */
  readonly effect: number
  /** How often chance alone gives such an effect. */
  readonly p: number
}

/**
 * A permutation test: the recordings 0 to `base - 1` are of the base, those up to `base + head - 1` of the head. If the sides
 * are alike, the labels mean nothing, and another order of labels gives as large an effect. Deterministic.
 */
export function permutationTest(base: number, head: number, distance: Distance): PermutationResult {
  const total = base + head
  const table = Array.from({ length: total }, (_, a) =>
    Array.from({ length: total }, (_unused, b) => (a === b ? 0 : distance(Math.min(a, b), Math.max(a, b)))),
  )
  const observed = effectOf(table, new Set(Array.from({ length: base }, (_, at) => at)))
  let asLarge = 0
  let tried = 0
  for (const group of orders(total, base)) {
    tried += 1
    if (effectOf(table, group) >= observed - 1e-9) asLarge += 1
  }
  return { effect: observed, p: asLarge / tried }
}

/** The smallest p that this many recordings can give: the sides may be exchanged, so two orders are as extreme. */
export const smallestP = (base: number, head: number): number =>
  (base === head ? 2 : 1) / binomial(base + head, base)

function effectOf(table: readonly (readonly number[])[], group: ReadonlySet<number>): number {
  const sums = { across: 0, acrossPairs: 0, inside: 0, insidePairs: 0 }
  for (const [a, row] of table.entries())
    for (let b = a + 1; b < row.length; b++) {
      const isAcross = group.has(a) !== group.has(b)
      sums[isAcross ? 'across' : 'inside'] += row[b] ?? 0
      sums[isAcross ? 'acrossPairs' : 'insidePairs'] += 1
    }
  return sums.across / Math.max(1, sums.acrossPairs) - sums.inside / Math.max(1, sums.insidePairs)
}

function binomial(n: number, k: number): number {
  let result = 1
  for (let at = 1; at <= k; at++) result = (result * (n - k + at)) / at
  return Math.round(result)
}

function* orders(total: number, size: number): Generator<ReadonlySet<number>, void, void> {
  if (binomial(total, size) <= MAX_ORDERS) {
    yield* combinations(total, size)
    return
  }
  const next = randomOf(total * 1000 + size)
  yield new Set(Array.from({ length: size }, (_, at) => at))
  for (let at = 1; at < MAX_ORDERS; at++) {
    const pool = Array.from({ length: total }, (_, index) => index)
    for (let index = 0; index < size; index++) {
      const other = index + Math.floor(next() * (total - index))
      ;[pool[index], pool[other]] = [pool[other] ?? 0, pool[index] ?? 0]
    }
    yield new Set(pool.slice(0, size))
  }
}

function* combinations(total: number, size: number): Generator<ReadonlySet<number>, void, void> {
  const chosen = Array.from({ length: size }, (_, at) => at)
  for (;;) {
    yield new Set(chosen)
    let at = size - 1
    while (at >= 0 && chosen[at] === total - size + at) at -= 1
    if (at < 0) return
    chosen[at] = (chosen[at] ?? 0) + 1
    for (let next = at + 1; next < size; next++) chosen[next] = (chosen[next - 1] ?? 0) + 1
  }
}

/** A linear congruential generator (Numerical Recipes): the same draws in every run. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
