import { highestNumber, numberOf } from '../../base/numbered.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import type { ExchangeRequest, ExchangeResponse } from '../../exchange/exchange.ts'
import { headerValue } from '../../exchange/headers.ts'
import type { Giver } from '../../redaction/given/given-values.ts'
import { isOwnValue } from '../../redaction/given/own-value.ts'
import type { InSession, Redactor } from '../../redaction/redactor.ts'
import { givenBy } from '../opening/asked-again.ts'
import { type FormerEntries, keyOfEntry } from '../opening/failed-run.ts'
import type { InFlight } from './in-flight.ts'

/** Of a longer stream only what is new is searched, bytes. */
const MAX_STREAM_BYTES = 256 * 1024
/** Together with so much of what came before it: an event may come in several pieces. */
const OVERLAP_BYTES = 64 * 1024

/** The answers of a session that give tokens, cookies and session ids, by the order in which their requests started. */
export class Givers {
  readonly #kept: readonly CassetteEntry[]
  readonly #from: number
  readonly #of = new WeakMap<InFlight, Giver>()
  /** How many pieces of an answer have been searched. */
  readonly #searched = new WeakMap<InFlight, number>()
  #highest: number | undefined
  /** The numbers of answers that are asked for again, by key, in order. */
  readonly #former = new Map<string, number[]>()
  readonly #keyOf: (request: ExchangeRequest) => string

  /**
   * @param former whose stand-ins keep their numbers
   * @param keyOf the key of a request that is not redacted
   * @param from the number before the first: each cassette of a run has numbers of its own
   */
  constructor(
    { all, credentials }: Pick<FormerEntries, 'all' | 'credentials'>,
    keyOf: (request: ExchangeRequest) => string,
    from: number,
  ) {
    this.#kept = all
    this.#from = from
    this.#keyOf = keyOf
    for (const entry of credentials) {
      const number = numberOf(givenBy(entry)[0])
      if (number === undefined) continue
      const key = keyOfEntry(entry)
      this.#former.set(key, [...(this.#former.get(key) ?? []), number])
    }
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
      const before = this.#searched.get(flight) ?? 0
      if (before === pieces) continue
      this.#searched.set(flight, pieces)
      const response = newPart(exchange.response, before - 1 - frames.length)
      redactor.learn({ ...exchange, response }, this.#giver(flight))
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
      number: this.#formerNumber(flight) ?? this.#highest + flight.alongside.index + 1,
      from: () => flight.givesFrom,
      isOwn: (name, value) => isOwnValue(requestOf(flight), name, value) || saidFirst(flight, name, value),
      count: 0,
    }
    this.#of.set(flight, giver)
    return giver
  }

  /** An answer that is asked for again has the number that it had. */
  #formerNumber(flight: InFlight): number | undefined {
    if (this.#former.size === 0) return undefined
    return this.#former.get(this.#keyOf(requestOf(flight)))?.shift()
  }
}

/**
 * The part of a long response that has not been searched. A compressed one is not text before it has ended.
 * @param searched how many chunks have been searched
 */
function newPart(response: ExchangeResponse, searched: number): ExchangeResponse {
  const { chunks, headers } = response
  if (chunks.reduce((sum, { data }) => sum + data.length, 0) <= MAX_STREAM_BYTES) return response
  if (headerValue(headers, 'content-encoding') !== undefined) return { ...response, chunks: [] }
  let from = Math.max(0, Math.min(searched, chunks.length))
  for (let left = OVERLAP_BYTES; from > 0 && left > 0;) left -= chunks[--from]?.data.length ?? 0
  return { ...response, chunks: chunks.slice(from) }
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
