/**
 * Keeps requests of `node:http` off connections that cassette cannot see: those that were opened while no cassette was.
 * `test/protocols/early-connections.test.ts` fails if a detail of Node changes.
 */
import http from 'node:http'
import { Socket } from 'node:net'

import { nextMicrotask } from '../../../clock.ts'
import { finishOnceConnected } from './finish-order.ts'
import { isIntercepted, ownSymbol } from '../symbols.ts'

type OnSocket = (this: http.ClientRequest, socket?: unknown, error?: unknown) => void
type AddRequest = (request: http.ClientRequest, options: unknown) => void

/** The kinds of handles of a socket that leads out of this process. */
const REAL = new Set(['TCP', 'Pipe', 'TLSWrap'])

/** Whether a socket leads past the interceptors: they leave a mark on each one that connects while they look. */
function isUnseen(socket: unknown): socket is Socket {
  if (!(socket instanceof Socket) || isIntercepted(socket)) return false
  const handle: unknown = Reflect.get(socket, '_handle')
  if (typeof handle !== 'object' || handle === null || !REAL.has(handle.constructor.name)) return false
  // TLS over another socket, as in a tunnel.
  const parent: unknown = Reflect.get(socket, '_parent')
  return !(parent instanceof Socket) || isUnseen(parent)
}

/** How a request of an agent waits anew, if it has waited in the agent's queue for a free connection. */
function queuedAgain(request: http.ClientRequest): (() => void) | undefined {
  const agent: unknown = Reflect.get(request, 'agent')
  const symbol = ownSymbol(request, 'requestOptions')
  const options: unknown = symbol && Reflect.get(request, symbol)
  if (!(agent instanceof http.Agent) || options === undefined) return undefined
  return () => Reflect.apply(Reflect.get(agent, 'addRequest') as AddRequest, agent, [request, options])
}

export interface Watch {
  /** Whether requests are to be seen now. */
  readonly isActive: () => boolean
  /** The error that stops a request whose connection nobody sees. `undefined`: it may pass. */
  readonly refusal: (request: http.ClientRequest) => Error | undefined
}

/**
 * Looks at each connection that a request of `node:http` is given, before anything is written to it. If nobody sees the
 * connection, an agent of Node opens another one for a request of its queue; any other request is refused.
 */
export function stopOnOlderSockets({ isActive, refusal }: Watch): void {
  const { prototype } = http.ClientRequest
  const native: unknown = Reflect.get(prototype, 'onSocket')
  if (typeof native !== 'function') return
  const give = native as OnSocket
  const onSocket: OnSocket = function onSocket(socket, error) {
    if (error || !isActive() || !isUnseen(socket)) {
      if (socket instanceof Socket && isIntercepted(socket)) finishOnceConnected(this, socket)
      return Reflect.apply(give, this, [socket, error])
    }
    const again = queuedAgain(this)
    if (!again) return Reflect.apply(give, this, [socket, refusal(this)])
    socket.destroy()
    // Later: the agent forgets the async context of the request when this call returns.
    return nextMicrotask(again)
  }
  Reflect.set(prototype, 'onSocket', onSocket)
}
