/**
 * Node's own stream whose bytes come from JavaScript (`JSStream`), used as the handle of a socket: everything above a handle
 * (backpressure, write callbacks, half-open connections, connecting again) is then Node's own code.
 */
import { Socket } from 'node:net'
import { duplexPair } from 'node:stream'

import { core } from '../http2/native.ts'

/** A pending write or shutdown of Node's. */
export type StreamRequest = object

/** What Node asks of a connection request when it is through: `afterConnect` of its `net` module. */
export interface ConnectRequest {
  oncomplete(
    status: number,
    handle: object,
    request: ConnectRequest,
    readable: boolean,
    writable: boolean,
  ): void
}

/** The part of a native handle that is used here. Bytes are read by `readBuffer`; Node calls `on...`. */
export interface StreamHandle {
  isClosing(): boolean
  onreadstart(): number
  onreadstop(): number
  onshutdown(request: StreamRequest): number
  onwrite(request: StreamRequest, buffers: readonly Buffer[]): number
  close(done?: () => void): void
  reading: boolean
  readBuffer(bytes: Uint8Array): void
  emitEOF(): void
  finishWrite(request: StreamRequest, status: number): void
  finishShutdown(request: StreamRequest, status: number): void
}

const symbolIn = (object: object, description: string): symbol | undefined =>
  Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description)

function findStream(): new () => StreamHandle {
  const [near] = duplexPair()
  const wrapped = new core.wrap(near)
  const handle = Reflect.get(wrapped, '_handle') as unknown as StreamHandle
  wrapped.on('error', () => {})
  wrapped.destroy()
  return handle.constructor as new () => StreamHandle
}

const JSStream = findStream()

export const newStream = (): StreamHandle => new JSStream()

const REINITIALIZE = symbolIn(Socket.prototype, 'kReinitializeHandle')

/** Makes `handle` the handle of a socket that has none. One that was destroyed can be used again. */
export function giveHandle(socket: Socket, handle: StreamHandle): void {
  const give: unknown = REINITIALIZE && Reflect.get(Socket.prototype, REINITIALIZE)
  if (typeof give !== 'function') throw new Error('Node has no kReinitializeHandle')
  Reflect.apply(give, socket, [handle])
}
