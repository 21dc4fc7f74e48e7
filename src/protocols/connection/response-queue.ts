import { followResponse, type ResponseEnd } from './response-end.ts'
import type { ResponseReader } from './response-reader.ts'

/** One request's place in the queue of responses. Responses come in the order of the requests. */
export interface ResponseTurn {
  /**
   * The server answers the request. `reader`, if any, gets a copy of the response.
   * @returns resolves when no response before it is still to be made here: the request may then be sent
   */
  readonly live: (reader?: ResponseReader) => Promise<void>
  /** The response is made here. @returns resolves when all responses before it have ended */
  readonly local: () => Promise<void>
  /** The response has ended, or will never come. */
  readonly done: () => void
}

interface Slot {
  readonly end: ResponseEnd
  readonly first: PromiseWithResolvers<void>
  readonly free: PromiseWithResolvers<void>
  isLive: boolean
  reader: ResponseReader | undefined
  /** The bytes that arrived before `live` was called. */
  early: Uint8Array[]
}

/** Assigns the responses of one connection to its requests, also if the client sends several at once (pipelining). */
export class ResponseQueue {
  readonly #slots: Slot[] = []
  /** How many slots, from the first, are free. */
  #freed = 0

  /** Call it in the order in which the requests were sent. */
  take(method: string): ResponseTurn {
    const slot: Slot = {
      end: followResponse(method),
      first: Promise.withResolvers(),
      free: Promise.withResolvers(),
      isLive: false,
      reader: undefined,
      early: [],
    }
    this.#slots.push(slot)
    this.#announce()
    return {
      live: (reader) => {
        slot.isLive = true
        slot.reader = reader
        for (const chunk of slot.early) reader?.write(chunk)
        slot.early = []
        void reader?.finished.then(() => this.#remove(slot))
        this.#announce()
        return slot.free.promise
      },
      local: () => slot.first.promise,
      done: () => this.#remove(slot),
    }
  }

  /** The server has sent `chunk`. */
  write(chunk: Uint8Array): void {
    let rest = chunk
    while (rest.byteLength > 0) {
      const [slot, next] = this.#slots
      if (!slot) return
      const own = slot.end.take(rest)
      // No other request waits: bytes after this response go to its reader, which reports them as malformed.
      const size = next ? own : rest.byteLength
      const part = rest.subarray(0, size)
      if (!slot.isLive) slot.early.push(part)
      else if (part.byteLength > 0) slot.reader?.write(part)
      rest = rest.subarray(size)
      if (slot.end.ended && (next || (slot.isLive && !slot.reader))) this.#remove(slot)
    }
  }

  /** The server has closed its side. */
  end(): void {
    for (const { reader } of this.#slots) reader?.end()
  }

  fail(error: Error): void {
    for (const { reader } of this.#slots) reader?.fail(error)
  }

  /** The client or the connection has gone. */
  cut(): void {
    for (const { reader } of this.#slots) reader?.cut()
  }

  /** Removes all requests: nobody waits for their responses any more. */
  clear(): void {
    for (const slot of this.#slots.slice()) this.#remove(slot)
  }

  #remove(slot: Slot): void {
    // The first one nearly always: of thousands of pipelined requests no other is searched for.
    const at = this.#slots.indexOf(slot)
    if (at === 0) this.#slots.shift()
    else if (at !== -1) this.#slots.splice(at, 1)
    if (at !== -1 && at < this.#freed) this.#freed--
    slot.first.resolve()
    slot.free.resolve()
    this.#announce()
  }

  #announce(): void {
    this.#slots[0]?.first.resolve()
    for (let next = this.#slots[this.#freed]; next; next = this.#slots[this.#freed]) {
      if (this.#freed > 0 && this.#slots[this.#freed - 1]?.isLive !== true) return
      next.free.resolve()
      this.#freed++
    }
  }
}
