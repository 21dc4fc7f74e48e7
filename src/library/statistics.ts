import type { CassetteFacts, Facts } from './facts.ts'
import { costOf, type PriceList } from './prices.ts'

export interface Tokens {
  readonly input: number
  readonly output: number
}

/** The interactions of one model or API. */
export interface Share {
  readonly name: string
  readonly interactions: number
  readonly tokens: Tokens
}

/** What one replay of all these cassettes saves. */
export interface Saving {
  /** Requests that are not sent. */
  readonly calls: number
  readonly tokens: Tokens
  /** US dollars, for the interactions whose model has a price. */
  readonly dollars: number
  /** Interactions that have tokens but no price. */
  readonly unpriced: number
  /** The time that the servers took, ms. */
  readonly waitedMs: number
  /** The date of the prices. */
  readonly pricesOf: string
}

export interface Statistics {
  readonly cassettes: number
  readonly interactions: number
  readonly bytes: number
  readonly streaming: number
  readonly incomplete: number
  readonly failed: number
  /** ISO 8601; absent without interactions. */
  readonly oldest?: string
  readonly newest?: string
  /** The largest share first. */
  readonly models: readonly Share[]
  readonly apis: readonly Share[]
  readonly saving: Saving
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

const tokensOf = (all: readonly Facts[]): Tokens => ({
  input: sum(all.map(({ usage }) => usage?.input ?? 0)),
  output: sum(all.map(({ usage }) => usage?.output ?? 0)),
})

function shares(all: readonly Facts[], nameOf: (one: Facts) => string | undefined): Share[] {
  const groups = Map.groupBy(
    all.filter((one) => nameOf(one) !== undefined),
    (one) => nameOf(one) ?? '',
  )
  return [...groups]
    .map(([name, own]) => ({ name, interactions: own.length, tokens: tokensOf(own) }))
    .toSorted((a, b) => b.interactions - a.interactions || (a.name < b.name ? -1 : 1))
}

export function statisticsOf(cassettes: readonly CassetteFacts[], prices: PriceList): Statistics {
  const all = cassettes.flatMap(({ interactions }) => interactions)
  const times = all.map(({ recordedAt }) => recordedAt).toSorted()
  const [oldest, newest] = [times[0], times.at(-1)]
  const costs = all.map(({ model, usage }) => usage && costOf(model, usage, prices))
  return {
    cassettes: cassettes.length,
    interactions: all.length,
    bytes: sum(cassettes.map(({ bytes }) => bytes)),
    streaming: all.filter(({ streaming }) => streaming).length,
    incomplete: all.filter(({ incomplete }) => incomplete).length,
    failed: all.filter(({ failed }) => failed).length,
    ...(oldest === undefined || newest === undefined ? {} : { oldest, newest }),
    models: shares(all, ({ model }) => model),
    apis: shares(all, ({ api }) => api),
    saving: {
      calls: all.length,
      tokens: tokensOf(all),
      dollars: sum(costs.map((cost) => cost ?? 0)),
      unpriced: all.filter(({ usage }, i) => usage !== undefined && costs[i] === undefined).length,
      waitedMs: sum(all.map(({ delayMs }) => delayMs)),
      pricesOf: prices.date,
    },
  }
}
