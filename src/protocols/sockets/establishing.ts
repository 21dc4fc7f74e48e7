import { isIP, type Socket } from 'node:net'

import type { ConnectRequest, StreamHandle } from './native-stream.ts'

type Lookup = (
  host: string,
  options: { readonly all?: boolean; readonly family?: unknown },
  done: (error: Error | null, address?: unknown, family?: number) => void,
) => void

const EISCONN = -106

/** Ends the connecting that Node has begun on a socket, when it is known how. */
export class Establishing {
  readonly #socket: Socket
  readonly #handle: StreamHandle
  #request: ConnectRequest | undefined
  #lookup: ((quietly: boolean, live: Socket | undefined) => void) | undefined
  #isDone = false
  #isFinishing = false
  /** Node tells of the attempt to connect by itself, as the address needs no look-up. */
  tellsAttempt = true

  constructor(socket: Socket, handle: StreamHandle) {
    this.#socket = socket
    this.#handle = handle
    const connect = (request: ConnectRequest): number => {
      if (this.#request) return EISCONN
      this.#request = request
      if (this.#isFinishing) this.#complete()
      return 0
    }
    Object.assign(handle, { connect, connect6: connect })
  }

  /** Whether the client has been told. */
  get isDone(): boolean {
    return this.#isDone
  }

  /** A socket over a connected one connects no more. */
  skip(): void {
    this.#isDone = true
  }

  /** In place of the program's look-up: its answer waits. */
  readonly lookup: Lookup = (_host, { all, family }, done) => {
    this.#lookup = (quietly, live) => {
      const address = live?.remoteAddress ?? (family === 6 ? '::1' : '127.0.0.1')
      const answer = (): void => {
        if (all) done(null, [{ address, family: isIP(address) }])
        else done(null, address, isIP(address))
      }
      if (quietly) silently(this.#socket, answer)
      else answer()
    }
    if (this.#isFinishing) this.#answer(undefined)
  }

  /** @param live whose events the client has heard already */
  finish(live?: Socket): void {
    if (this.#isDone || this.#isFinishing) return
    this.#isFinishing = true
    if (this.#request) this.#complete()
    else this.#answer(live)
  }

  #answer(live: Socket | undefined): void {
    const lookup = this.#lookup
    this.#lookup = undefined
    lookup?.(live !== undefined, live)
  }

  #complete(): void {
    const request = this.#request
    if (this.#isDone || !request || this.#socket.destroyed || !this.#socket.connecting) return
    this.#isDone = true
    request.oncomplete(0, this.#handle, request, true, true)
  }
}

const TOLD = new Set<unknown>(['lookup', 'connectionAttempt'])

/** Keeps Node from telling what was told before. */
function silently(socket: Socket, run: () => void): void {
  const own = Object.getOwnPropertyDescriptor(socket, 'emit')
  const emit = socket.emit.bind(socket) as (...args: unknown[]) => boolean
  let isOver = false
  const quiet = (...args: unknown[]): boolean => {
    if (isOver || !TOLD.has(args[0])) return emit(...args)
    isOver = args[0] === 'connectionAttempt'
    return true
  }
  Object.defineProperty(socket, 'emit', {
    value: quiet,
    configurable: true,
    writable: true,
    enumerable: false,
  })
  try {
    run()
  } finally {
    if (own) Object.defineProperty(socket, 'emit', own)
    else Reflect.deleteProperty(socket, 'emit')
  }
}
