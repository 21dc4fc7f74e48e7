import type { Delayed } from './stored-body.ts'
import type { Chunk } from '../exchange.ts'

/** A shorter delay, in milliseconds, is stored as 0. */
const MIN_DELAY_MS = 10

/**
 * The delay as a cassette stores it, in whole milliseconds: 0 below 10, then steps of 10, from 100 on steps of 25, from 1000 on
 * steps of 100. The scheduler, a busy machine or the network mostly change a delay by less than a step, so the same traffic
 * recorded again gives the same bytes. A replayed delay differs from the live one by an eighth at most (by half a step below
 * 40 ms). Round numbers are in the middle of their step.
 */
export function quantizeDelay(delayMs: number): number {
  if (!(delayMs >= MIN_DELAY_MS)) return 0
  const step = delayMs < 95 ? 10 : delayMs < 987.5 ? 25 : 100
  return Math.round(delayMs / step) * step
}

/** `{delay_ms}` to spread into an entry, or nothing if the delay is 0. */
export function storedDelay(delayMs: number): Delayed {
  const delay = quantizeDelay(delayMs)
  return delay === 0 ? {} : { delay_ms: delay }
}

/** Knows when each byte of a body arrived. Ask with rising offsets only. */
export class Timeline {
  readonly #chunks: readonly Chunk[]
  #next = 0
  #arrived = 0
  #now = 0
  #asked = 0

  constructor(chunks: readonly Chunk[]) {
    this.#chunks = chunks
  }

  /** Milliseconds from the time of the last question (at first: from the response head) until byte `end` had arrived. */
  delayUntil(end: number): number {
    while (this.#arrived < end) {
      const chunk = this.#chunks[this.#next++]
      if (chunk === undefined) break
      this.#arrived += chunk.data.byteLength
      this.#now += chunk.delayMs
    }
    const delay = this.#now - this.#asked
    this.#asked = this.#now
    return delay
  }
}
