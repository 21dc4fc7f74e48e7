import { randomBytes } from 'node:crypto'

import type { Chunk, Exchange, ExchangeResponse, Frame, Since } from '../../exchange/exchange.ts'
import { rangeName, rangeOf, sinceOf } from '../../exchange/since.ts'
import { isCause, isUnder, type SentRequest } from './cause.ts'

/** How many requests of the session had been sent when each part of a response came. */
export interface PartCounts {
  readonly head: number
  /** By chunk, or by frame. */
  readonly parts: readonly number[]
  readonly end: number
}

/** The requests of a session, in the order in which they were sent. */
export class SentRequests {
  /** Tells runs apart whose exchanges are in one journal. */
  readonly run = randomBytes(4).toString('hex')
  readonly #all: SentRequest[] = []

  get count(): number {
    return this.#all.length
  }

  /**
   * A request is being sent.
   * @param open the exchanges that are under way
   */
  add(own: SentRequest, open: Iterable<SentRequest>): Alongside {
    this.#all.push(own)
    return new Alongside(own, [...open], this.#all)
  }
}

/** The other requests that were sent during one exchange, and those whose exchanges had not ended when it began. */
export class Alongside {
  readonly own: SentRequest
  readonly #before: readonly SentRequest[]
  readonly #all: readonly SentRequest[]
  readonly #from: number

  constructor(own: SentRequest, before: readonly SentRequest[], all: readonly SentRequest[]) {
    this.own = own
    this.#before = before
    this.#all = all
    this.#from = all.length
  }

  /** The index of its own request. */
  get index(): number {
    return this.#from - 1
  }

  /** How many requests have been sent until now. */
  get count(): number {
    return this.#all.length
  }

  /**
   * The response, marked with the requests that had been sent before each part of it. The marks are sequence numbers, because
   * ids are not known yet. A document comes as a whole: only its head and first byte are marked.
   */
  marked(response: ExchangeResponse, counts: PartCounts): ExchangeResponse {
    if (this.#before.length === 0 && this.#from === this.#all.length) return response
    const { isStream = false } = this.own
    let next = 0
    const found = [...this.#before, ...this.#all.slice(this.#from, counts.end)]
    const causes = isCause(this.own)
    const until = (count: number): Since => {
      const end = this.#before.length + Math.max(0, count - this.#from)
      const fresh = found.slice(next, end).filter(causes)
      next = Math.max(next, end)
      return named(fresh.map(({ sequence }) => sequence))
    }
    const head = until(counts.head)
    const mark = <Part extends Chunk | Frame>(part: Part, index: number): Part => {
      const isLate = !isStream && index > 0
      const isMute = 'from' in part && part.from === 'client'
      return isLate || isMute ? part : { ...part, ...sinceOf(until(counts.parts[index] ?? 0)) }
    }
    const { chunks, frames } = response
    const marked = {
      ...response,
      ...sinceOf(head),
      chunks: chunks.map(mark),
      ...(frames ? { frames: frames.map(mark) } : {}),
    }
    const end = isStream ? until(counts.end) : []
    return end.length === 0 ? marked : { ...marked, endSince: end }
  }

  /**
   * The exchange, marked only with the requests that act on its own resource (`DELETE /v1/responses/ID`): no other request
   * brings about what a model says.
   */
  onlyUnder(exchange: Exchange): Exchange {
    const { response } = exchange
    if (!response) return exchange
    const requests = [...this.#before, ...this.#all.slice(this.#from)]
    const under = requests.filter((one) => isUnder(this.own, one))
    const keep = <Part extends { readonly since?: Since }>({
      since,
      ...part
    }: Part): Omit<Part, 'since'> => ({
      ...part,
      ...sinceOf(under.filter((one) => isNamed(one, since)).map(({ sequence }) => String(sequence))),
    })
    const { since, endSince, chunks, frames, ...rest } = response
    const { since: end = [] } = keep({ since: endSince ?? [] }) as { since?: Since }
    return {
      ...exchange,
      response: {
        ...rest,
        ...keep({ since: since ?? [] }),
        chunks: chunks.map(keep),
        ...(frames && { frames: frames.map(keep) as Frame[] }),
        ...(end.length > 0 && { endSince: end }),
      },
    }
  }
}

const isNamed = ({ sequence }: SentRequest, since: Since = []): boolean =>
  since.some((name) => {
    const [first, last] = rangeOf(name)
    return sequence >= Number(first) && sequence <= Number(last)
  })

/** Sequence numbers as names. Consecutive numbers make a range. */
function named(sequences: readonly number[]): Since {
  const names: string[] = []
  const sorted = sequences.toSorted((a, b) => a - b)
  for (let at = 0; at < sorted.length;) {
    const first = sorted[at] ?? 0
    let last = first
    while (sorted[++at] === last + 1) last++
    names.push(rangeName(String(first), String(last)))
  }
  return names
}
