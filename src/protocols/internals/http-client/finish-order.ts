/**
 * Keeps the order of a request's events. The interceptors take what a client writes before it is connected, so Node
 * would say `finish` of an upload that no server may ever get.
 * `test/protocols/http1/event-order.test.ts` fails if a detail of Node changes.
 */
import type { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

import { replaceOwn } from '../replace-own.ts'

/** The events of a request that come after its `finish`, if the server waits for the whole request. */
const LATER = new Set<unknown>(['response', 'upgrade', 'connect', 'continue', 'information'])

const isConnecting = (socket: Socket): boolean =>
  socket.connecting || Boolean(Reflect.get(socket, 'secureConnecting'))

/** Holds `finish` back until `socket` is connected. It never comes if the socket fails before. */
export function finishOnceConnected(request: ClientRequest, socket: Socket): void {
  if (!isConnecting(socket)) return
  const connected = socket instanceof TLSSocket ? 'secureConnect' : 'connect'
  let isHeld = false
  let isOver = false
  const release = (): void => {
    if (isOver) return
    isOver = true
    if (isHeld) request.emit('finish')
  }
  replaceOwn(request, 'emit', (emit) => (...args) => {
    if (!isOver && args[0] === 'finish' && isConnecting(socket)) {
      isHeld = true
      return request.listenerCount('finish') > 0
    }
    if (LATER.has(args[0])) release()
    return emit(...args)
  })
  replaceOwn(socket, 'emit', (emit) => (...args) => {
    const heard = emit(...args)
    // As when Node writes what has waited for the connection.
    if (args[0] === connected) process.nextTick(release)
    return heard
  })
}
