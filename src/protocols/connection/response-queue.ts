import { followResponse, type ResponseEnd } from './response-end.ts'
import type { ResponseReader } from './response-reader.ts'

/** One request's place among the responses of its connection, which come in the order of the requests. */
export interface ResponseTurn {
  /**
   * The response is to come from the server, and `reader`, if any, is to have a copy.
   * @returns when the request may go on to the server: no response before it is going to be made here
   */
  readonly live: (reader?: ResponseReader) => Promise<void>
  /** The response is made here. @returns when all responses before it are through */
  readonly local: () => Promise<void>
  /** It is through, or will never come. */
  readonly done: () => void
}

interface Slot {
  readonly end: ResponseEnd
  readonly first: PromiseWithResolvers<void>
  readonly free: PromiseWithResolvers<void>
  isLive: boolean
  reader: ResponseReader | undefined
  /** What came before it was known who is to have it. */
  early: Uint8Array[]
}

/** Deals the responses of one connection out to the requests, also where a client has sent several (pipelining). */
export class ResponseQueue {
  readonly #slots: Slot[] = []

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

  /** The server said something. */
  write(chunk: Uint8Array): void {
    let rest = chunk
    while (rest.byteLength > 0) {
      const [slot, next] = this.#slots
      if (!slot) return
      const own = slot.end.take(rest)
      // What comes behind the only response is a fault of it.
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

  /** The client has gone, or the connection. */
  cut(): void {
    for (const { reader } of this.#slots) reader?.cut()
  }

  /** Nobody waits for anything any more. */
  clear(): void {
    for (const slot of this.#slots.slice()) this.#remove(slot)
  }

  #remove(slot: Slot): void {
    const at = this.#slots.indexOf(slot)
    if (at !== -1) this.#slots.splice(at, 1)
    slot.first.resolve()
    slot.free.resolve()
    this.#announce()
  }

  #announce(): void {
    this.#slots[0]?.first.resolve()
    for (const slot of this.#slots) {
      slot.free.resolve()
      if (!slot.isLive) return
    }
  }
}
