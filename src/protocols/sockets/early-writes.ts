import { Socket } from 'node:net'

import { nextTurn } from '../../clock.ts'

type Method = (this: unknown, ...args: unknown[]) => unknown

interface Part {
  readonly chunk: unknown
  readonly encoding: unknown
}

interface Held {
  readonly bytes: Buffer
  /** Tells Node that it is written. */
  readonly done: Method
}

export interface EarlyListener {
  /** The client writes while it is not connected yet: Node will write the same again when it is. */
  readonly peek: (bytes: Buffer) => void
  /** Node has been told that what was peeked is written. */
  readonly take: (bytes: Buffer) => void
}

/** How long somebody waits at most for a client that goes on writing. */
const MOST_TURNS = 50

/** What a client writes before it is connected: that decides where the connection goes. */
export class EarlyWrites {
  readonly #socket: Socket
  readonly #listener: EarlyListener
  readonly #taken = new WeakSet<Method>()
  #held: Held | undefined
  #takesAll = false
  #seen = 0
  /** Bytes that were peeked, and that Node is still to write. */
  #peeked = 0

  constructor(socket: Socket, listener: EarlyListener) {
    this.#socket = socket
    this.#listener = listener
  }

  watch(): void {
    const write: Method = (...args) => this.#write(args)
    own(this.#socket, '_writeGeneric', write)
  }

  /** How many of the next `size` bytes were peeked. */
  takePeeked(size: number): number {
    const known = Math.min(size, this.#peeked)
    this.#peeked -= known
    return known
  }

  #write(args: unknown[]): unknown {
    const socket = this.#socket
    const native = Reflect.get(Socket.prototype, '_writeGeneric') as Method
    const [isMany, data, encoding, callback] = args
    if (!socket.connecting) {
      this.#held = undefined
      // Node writes once more what has waited for the connection.
      if (!this.#taken.has(callback as Method)) return Reflect.apply(native, socket, args)
      Object.assign(socket, { _pendingData: null, _pendingEncoding: '' })
      return undefined
    }
    const bytes = bytesOf(isMany ? (data as Part[]) : [{ chunk: data, encoding }])
    const done = once(callback as Method)
    this.#held = { bytes, done }
    this.#seen += bytes.byteLength
    this.#peeked += bytes.byteLength
    this.#listener.peek(bytes)
    if (this.#takesAll) this.#take()
    else Reflect.apply(native, socket, [isMany, data, encoding, done])
    return undefined
  }

  /** Asks the client for more, though it is not connected. */
  takeAll(): void {
    this.#takesAll = true
    this.#take()
  }

  stop(): void {
    this.#takesAll = false
  }

  /** Takes what the client has ready, until `isWhole`. Then calls `done`. */
  drain(isWhole: () => boolean, done: () => void, turns = MOST_TURNS): void {
    if (!this.#socket.connecting || isWhole() || turns === 0) return done()
    const seen = this.#seen
    this.takeAll()
    nextTurn(() =>
      nextTurn(() => {
        if (this.#seen === seen) done()
        else this.drain(isWhole, done, turns - 1)
      }),
    )
  }

  #take(): void {
    const write = this.#held
    this.#held = undefined
    if (!write) return
    this.#taken.add(write.done)
    this.takePeeked(write.bytes.byteLength)
    this.#listener.take(write.bytes)
    // In the next turn: a client that writes on at once must leave time for everything else.
    nextTurn(write.done)
  }
}

export const own = (socket: Socket, name: string, value: Method): void =>
  void Object.defineProperty(socket, name, { value, configurable: true, writable: true, enumerable: false })

const bytesOf = (parts: readonly Part[]): Buffer =>
  Buffer.concat(
    parts.map(({ chunk, encoding }) =>
      typeof chunk === 'string'
        ? Buffer.from(chunk, encoding as BufferEncoding)
        : Buffer.from(chunk as Uint8Array),
    ),
  )

function once(callback: Method): Method {
  let isCalled = false
  return (...args) => {
    if (isCalled) return
    isCalled = true
    Reflect.apply(callback, undefined, args)
  }
}
