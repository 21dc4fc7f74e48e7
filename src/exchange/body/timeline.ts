import type { Delayed } from './stored-body.ts'
import type { Chunk } from '../exchange.ts'

/** A delay below this many milliseconds is stored as none. */
const MIN_DELAY_MS = 10

/**
 * The delay as a cassette keeps it, in whole milliseconds: 0 below 10, then steps of 10, from 100 on steps of 25, from
 * 1000 on steps of 100. What a scheduler, a busy runner or the network adds to a gap then mostly falls within the
 * step, and the same traffic recorded again gives the same bytes; a replay's gaps stay within an eighth of the live ones
 * (half a step below 40 ms). Round figures stand in the middle of their step.
 */
export function quantizeDelay(delayMs: number): number {
  if (!(delayMs >= MIN_DELAY_MS)) return 0
  const step = delayMs < 95 ? 10 : delayMs < 987.5 ? 25 : 100
  return Math.round(delayMs / step) * step
}

/** `{delay_ms}` to spread into an entry, or nothing where the delay is none. */
export function storedDelay(delayMs: number): Delayed {
  const delay = quantizeDelay(delayMs)
  return delay === 0 ? {} : { delay_ms: delay }
}

/** When which byte of a body had arrived. Ask with rising offsets only. */
export class Timeline {
  readonly #chunks: readonly Chunk[]
  #next = 0
  #arrived = 0
  #now = 0
  #asked = 0

  constructor(chunks: readonly Chunk[]) {
    this.#chunks = chunks
  }

  /** Milliseconds from the moment the last question was about (at first: the response head) until byte `end` was there. */
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
