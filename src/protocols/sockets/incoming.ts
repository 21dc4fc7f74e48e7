import { nextTurn } from '../../clock.ts'
import type { StreamHandle } from './native-stream.ts'

type Item = { readonly bytes: Uint8Array; readonly done?: (() => void) | undefined } | 'end'

/** What a socket is still to read. It is handed over as the program reads, never faster. */
export class Incoming {
  readonly #handle: StreamHandle
  readonly #isConnecting: () => boolean
  readonly #items: Item[] = []
  #isFlushing = false
  #isHeld = false
  #waits = 0
  /** Nothing is left to read, and the program reads. */
  onWanted: () => void = () => {}
  /** The last bytes have been read after a `write` that said no. */
  onDrain: () => void = () => {}
  #refused = false

  constructor(handle: StreamHandle, isConnecting: () => boolean) {
    this.#handle = handle
    this.#isConnecting = isConnecting
    handle.reading = false
    handle.onreadstart = () => {
      handle.reading = true
      process.nextTick(() => this.flush())
      return 0
    }
    handle.onreadstop = () => {
      handle.reading = false
      return 0
    }
  }

  /** @returns whether more is wanted now */
  push(bytes: Uint8Array, done?: () => void): boolean {
    this.#items.push({ bytes, done })
    this.flush()
    const isRead = this.#items.length === 0 && this.#handle.reading
    if (!isRead) this.#refused = true
    return isRead
  }

  end(): void {
    this.#items.push('end')
    this.flush()
  }

  /** Nothing is handed over while it is held. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld
    if (!isHeld) this.flush()
  }

  /**
   * Nothing is handed over in this turn of the event loop and the next. got takes one turn after each write to see whether it
   * may end its request: an answer that comes before makes it give up.
   */
  waitATurn(): void {
    this.#waits++
    nextTurn(() =>
      nextTurn(() => {
        this.#waits--
        this.flush()
      }),
    )
  }

  clear(): void {
    this.#items.length = 0
  }

  flush(): void {
    if (this.#isFlushing) return
    this.#isFlushing = true
    try {
      while (this.#items.length > 0 && this.#canRead) {
        const item = this.#items.shift() as Item
        if (item === 'end') this.#handle.emitEOF()
        else {
          if (item.bytes.byteLength > 0) this.#handle.readBuffer(item.bytes)
          item.done?.()
        }
      }
    } finally {
      this.#isFlushing = false
    }
    if (this.#items.length > 0 || !this.#canRead) return
    this.onWanted()
    if (!this.#refused) return
    this.#refused = false
    this.onDrain()
  }

  get #canRead(): boolean {
    return (
      this.#handle.reading &&
      !this.#isHeld &&
      this.#waits === 0 &&
      !this.#isConnecting() &&
      !this.#handle.isClosing()
    )
  }
}
