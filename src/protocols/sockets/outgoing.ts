import type { Socket } from 'node:net'

import { nextTurn } from '../../clock.ts'
import type { StreamHandle, StreamRequest } from './native-stream.ts'

/** `UV_ECANCELED`: what libuv says of a write whose handle was closed. */
const CANCELED = -125

interface Entry {
  bytes: Buffer
  /** Absent: Node has been told that it is written. */
  request: StreamRequest | undefined
}

/** How many bytes are acknowledged in one turn of the event loop before the next waits for another. */
const MOST_A_TURN = 1_000_000

/** What a client has written and nobody has taken yet. Node hears of a write's end when it may send more. */
export class Outgoing {
  readonly #handle: StreamHandle
  readonly #pending = new Set<StreamRequest>()
  #entries: Entry[] = []
  /** The client has ended its side, and Node waits to hear that it is done. */
  shutdown: StreamRequest | undefined
  #size = 0
  /** Bytes acknowledged in this turn of the event loop. */
  #taken = 0
  #edit: ((bytes: Buffer) => Buffer) | undefined

  readonly #onAcknowledged: () => void

  constructor(handle: StreamHandle, onAcknowledged: () => void) {
    this.#handle = handle
    this.#onAcknowledged = onAcknowledged
  }

  /** Bytes that Node waits for. */
  get queued(): number {
    return this.#size
  }

  add(request: StreamRequest | undefined, bytes: Buffer): Entry {
    const entry = { bytes: this.#edit?.(bytes) ?? bytes, request }
    this.#edit = undefined
    this.#entries.push(entry)
    if (request) {
      this.#pending.add(request)
      this.#size = bytes.byteLength
    }
    return entry
  }

  /** Forgets what was written before, but not what is being written now. */
  keepOnly(entry: Entry | undefined): void {
    for (const one of this.#entries) if (one !== entry) this.#done(one)
    this.#entries = entry && this.#entries.includes(entry) ? [entry] : []
  }

  /** Asks for more, and keeps what there is. */
  acknowledge(): void {
    for (const entry of this.#entries) this.#done(entry)
  }

  /** All that there is, as one, in the place of the entries it came in. Nothing yet: what is written next. */
  edit(change: (bytes: Buffer) => Buffer): void {
    const [first, ...rest] = this.#entries
    if (!first) {
      this.#edit = change
      return
    }
    first.bytes = change(Buffer.concat(this.#entries.map(({ bytes }) => bytes)))
    for (const one of rest) one.bytes = Buffer.alloc(0)
  }

  writeTo(live: Socket): void {
    const entries = this.#entries.splice(0)
    if (entries.length > 1) live.cork()
    for (const entry of entries) {
      // An error comes by the connection's own event, and by its name.
      live.write(entry.bytes, (error) => {
        if (!error) this.#done(entry, true)
      })
    }
    if (entries.length > 1) live.uncork()
  }

  /** Ends the client's side with `by`, if the client has ended it. */
  end(by: (done: () => void) => void): void {
    const request = this.shutdown
    this.shutdown = undefined
    if (request) by(() => this.#handle.finishShutdown(request, 0))
  }

  /** The handle is closed. */
  cancel(): void {
    this.#entries = []
    for (const request of this.#pending) this.#finish(request, CANCELED)
  }

  #done(entry: Entry, isNow = false): void {
    const { request } = entry
    entry.request = undefined
    if (!request || !this.#pending.has(request)) return
    if (isNow) this.#finish(request, 0)
    // Not while Node is still writing.
    else this.#finishSoon(request)
  }

  #finishSoon(request: StreamRequest): void {
    this.#onAcknowledged()
    // A client that writes on at once must leave time for everything else.
    const isMuch = this.#taken >= MOST_A_TURN
    if (this.#taken === 0) nextTurn(() => (this.#taken = 0))
    this.#taken += this.#size
    const finish = (): void => this.#finish(request, 0)
    if (isMuch) nextTurn(finish)
    else process.nextTick(finish)
  }

  #finish(request: StreamRequest, status: number): void {
    if (!this.#pending.delete(request)) return
    this.#size = 0
    this.#handle.finishWrite(request, status)
  }
}
