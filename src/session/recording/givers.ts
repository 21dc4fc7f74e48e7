import { highestNumber } from '../../base/numbered.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import type { Giver } from '../../redaction/given/given-values.ts'
import { isOwnValue } from '../../redaction/given/own-value.ts'
import type { InSession, Redactor } from '../../redaction/redactor.ts'
import type { InFlight } from './in-flight.ts'

/** A longer stream is searched for what it gives only when it has ended, bytes. */
const MAX_STREAM_BYTES = 256 * 1024

/** The answers of a session that give tokens, cookies and session ids, by the order in which their requests started. */
export class Givers {
  readonly #kept: readonly CassetteEntry[]
  readonly #from: number
  readonly #of = new WeakMap<InFlight, Giver>()
  /** How many pieces of an answer have been searched. */
  readonly #searched = new WeakMap<InFlight, number>()
  #highest: number | undefined

  /**
   * @param kept whose stand-ins keep their numbers
   * @param from the number before the first: each cassette of a run has numbers of its own
   */
  constructor(kept: readonly CassetteEntry[], from: number) {
    this.#kept = kept
    this.#from = from
  }

  placeOf(flight: InFlight): InSession {
    return { giver: this.#giver(flight), index: flight.alongside.index }
  }

  /** Learns what answers have given that have not ended: their clients may have sent it already. */
  learnFrom(open: Iterable<InFlight>, redactor: Pick<Redactor, 'learn'>): void {
    for (const flight of open) {
      const exchange = flight.soFar
      if (!exchange?.response) continue
      const { chunks, frames = [] } = exchange.response
      const pieces = 1 + chunks.length + frames.length
      if (this.#searched.get(flight) === pieces) continue
      this.#searched.set(flight, pieces)
      const bytes = chunks.reduce((sum, { data }) => sum + data.length, 0)
      if (bytes <= MAX_STREAM_BYTES) redactor.learn(exchange, this.#giver(flight))
    }
  }

  #giver(flight: InFlight): Giver {
    const known = this.#of.get(flight)
    if (known) return known
    this.#highest ??= this.#kept.reduce(
      (highest, { text }) => Math.max(highest, highestIn(text, this.#from)),
      this.#from,
    )
    const giver: Giver = {
      number: this.#highest + flight.alongside.index + 1,
      from: () => flight.givesFrom,
      isOwn: (name, value) => isOwnValue(requestOf(flight), name, value) || saidFirst(flight, name, value),
      count: 0,
    }
    this.#of.set(flight, giver)
    return giver
  }
}

const requestOf = ({ request, requestBody }: InFlight) => ({ ...request, body: requestBody })

/** Whether the client of a WebSocket said a value before its server did. */
function saidFirst(flight: InFlight, name: string, value: string): boolean {
  const first = flight.frames.find(
    (frame) => 'data' in frame && isOwnValue({ url: '', headers: [], body: frame.data }, name, value),
  )
  return first?.from === 'client'
}

const highestIn = (text: CassetteEntry['text'], from: number): number =>
  highestNumber(typeof text === 'string' ? text : Buffer.from(text).toString('latin1'), from)
