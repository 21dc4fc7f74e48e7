import { costOf, type PriceList } from '../library/prices.ts'

export interface Spent {
  readonly input: number
  readonly output: number
  readonly dollars: number
}

export interface Limits {
  /** Input and output together. */
  readonly tokens?: number
  /** US dollars. */
  readonly dollars?: number
}

interface Tokens {
  readonly input: number
  readonly output: number
}

/** Counts what answers cost. Calls that are under way count with an estimate, so that they do not exceed the limit together. */
export class Budget {
  readonly #limits: Limits
  readonly #prices: PriceList
  #input = 0
  #output = 0
  #dollars = 0
  #heldTokens = 0
  #heldDollars = 0

  constructor(limits: Limits, prices: PriceList) {
    this.#limits = limits
    this.#prices = prices
  }

  get spent(): Spent {
    return { input: this.#input, output: this.#output, dollars: this.#dollars }
  }

  /** Holds the estimate of a call back. `undefined`: it would exceed the limit. Call the result with what it did cost. */
  hold(model: string, estimate: Tokens): ((used: Tokens | undefined) => void) | undefined {
    const tokens = estimate.input + estimate.output
    const dollars = this.#costOf(model, estimate)
    const { tokens: maxTokens = Infinity, dollars: maxDollars = Infinity } = this.#limits
    if (this.#input + this.#output + this.#heldTokens + tokens > maxTokens) return undefined
    if (this.#dollars + this.#heldDollars + dollars > maxDollars) return undefined
    this.#heldTokens += tokens
    this.#heldDollars += dollars
    return (used) => {
      this.#heldTokens -= tokens
      this.#heldDollars -= dollars
      this.#input += used?.input ?? 0
      this.#output += used?.output ?? 0
      this.#dollars += used ? this.#costOf(model, used) : 0
    }
  }

  #costOf(model: string, tokens: Tokens): number {
    return costOf(model, tokens, this.#prices) ?? 0
  }
}
