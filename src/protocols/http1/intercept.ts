import type { Socket } from 'node:net'

import { type HttpRequestEventMap, Interceptor } from '@mswjs/interceptors'
import { HttpRequestInterceptor } from '@mswjs/interceptors/http'
import { SocketInterceptor } from '@mswjs/interceptors/net'

import { macrotask } from '../../clock.ts'
import { toError } from '../../base/to-error.ts'
import type { Gate } from '../../exchange/gate.ts'
import { expectContinue } from './expect-continue.ts'
import { type Connection, followConnection } from '../connection/connection.ts'
import { writeReplay } from './replay.ts'
import { replayOf } from '../play-replay.ts'
import {
  ahead,
  followRequests,
  keepRawHeads,
  type SocketControl,
  takeOver,
  whenAnswered,
} from '../internals/interceptors.ts'
import { incomingRequest } from './request.ts'
import { followForHttp2 } from '../http2/sockets.ts'
import { nonHttpUseOf } from '../non-http/uses.ts'
import { parserSettingsOf } from '../internals/http-client/parser-settings.ts'
import { mayDial } from './may-dial.ts'
import { wanting } from './wanted-body.ts'
import { leavingFetchClasses } from '../internals/idle.ts'
import { notedSocketPath, noteSocketPaths } from '../internals/unix-paths.ts'
import { passUnparsable } from '../connection/unparsable.ts'
import { readRequest } from '../connection/request-reader.ts'
import { readResponse } from '../connection/response-reader.ts'
import type { UndiciRequests } from '../undici/requests.ts'
import type { UndiciSockets } from '../undici/sockets.ts'
import { asUndiciSees } from '../undici/view.ts'
import { takeSocketLayer } from '../sockets/layer.ts'
import { isWebSocketReplay, playWebSocket, recordWebSocket } from '../websocket/intercept.ts'
import { opensWebSocket } from '../websocket/handshake.ts'

interface ConnectionEvent {
  readonly socket: Socket
  readonly controller: SocketControl
  readonly connectionOptions: { host?: string | null; port?: string | number | null; path?: string | null }
}
type RequestEvent = HttpRequestEventMap['request']

/** How many listeners for one event the interceptors and this package may add to a socket. */
const LISTENERS = 10

export interface Sockets {
  /**
   * Moves our listener behind all listeners that the same interceptors have by now. A request that msw or nock answers
   * is not for us, whichever was started first.
   */
  goLast(): void
}

/**
 * Answers every HTTP/1 request on any socket of this process, whatever client writes it.
 * @remarks The patch is never removed: a socket that was answered once would hang without it. It does nothing while
 * the gate is not active.
 */
export function interceptSockets(
  gate: Gate,
  undici: UndiciRequests,
  pools: UndiciSockets,
  othersListen: () => boolean,
): Sockets {
  const sockets = Interceptor.singleton(SocketInterceptor)
  takeSocketLayer({
    isOpen: (options) => gate.active() && !othersListen() && mayDial(gate, options),
  })
  const requestsOf = followRequests<Connection>((connection, { request, controller }, chunk) => {
    connection.known()
    connection.control.hasRequest = true
    connection.control.wantsAll = othersListen()
    if (/websocket/i.test(request.headers.get('upgrade') ?? '')) connection.keep()
    if (losesBody(request)) bodies.set(controller, readBody(connection, chunk))
  })
  const follow = ({ socket, controller, connectionOptions }: ConnectionEvent): void => {
    const target = { host: connectionOptions.host ?? 'localhost', port: Number(connectionOptions.port ?? 0) }
    const use = nonHttpUseOf(socket, { ...target, path: notedSocketPath(socket) ?? connectionOptions.path })
    controller.isPatient = pools.expects(target)
    const connection = followConnection(socket, controller, {
      target,
      gate,
      expectedByUndici: controller.isPatient,
      use,
      othersListen,
    })
    followForHttp2(connection, target, connectionOptions, gate)
    requestsOf.watch(socket, connection)
    passUnparsable(connection, gate)
    // The interceptors and we add listeners too. The program must not get a warning about too many for its own few.
    socket.setMaxListeners(socket.getMaxListeners() + LISTENERS)
  }
  const listen = (): HttpRequestInterceptor => {
    const requests = new HttpRequestInterceptor()
    requests.on('request', (event): unknown => {
      const connection = requestsOf.of(event.controller)
      return connection && onRequest(event, connection, gate, undici, (answer) => listening(requests, answer))
    })
    leavingFetchClasses(() => requests.apply())
    return requests
  }
  let requests: HttpRequestInterceptor | undefined
  ahead(sockets, 'connection', follow, () => {
    requests = listen()
  })
  requestsOf.listen()
  keepRawHeads()
  noteSocketPaths()
  return {
    goLast() {
      // The new one first: the interceptors remove their patch as soon as nobody applies it.
      const former = requests
      requests = listen()
      former?.dispose()
    },
  }
}

function onRequest(
  event: RequestEvent,
  connection: Connection,
  gate: Gate,
  undici: UndiciRequests,
  enter: (answer: () => void) => void,
): Promise<void> | void {
  const carried = undici.take(connection.socket)
  // Another user of the same interceptors has answered. A mock of msw or nock is not an exchange.
  if (event.controller.readyState !== 0 || carried?.forwarded) return
  const answer = (): Promise<void> | void => {
    if (!gate.active()) return
    if (event.request.method === 'CONNECT') return tunnel(event, connection, gate, enter)
    return obey(event, connection, gate, carried?.ended)
  }
  return carried ? carried.inContext(answer) : answer()
}

async function obey(
  event: RequestEvent,
  connection: Connection,
  gate: Gate,
  ended: Promise<{ readonly error?: unknown }> | undefined,
): Promise<void> {
  const incoming = incomingRequest(event.request, bodies.get(event.controller), connection.unix)
  const { request: asked, decided } = expectContinue(incoming, connection)
  const request = wanting(asked, connection)
  const turn = connection.responses.take(request.method)
  try {
    const outcome = await gate.answer(request)
    decided(outcome)
    // The client may have gone while the request was looked up.
    if (event.controller.readyState !== 0) return
    switch (outcome.kind) {
      case 'forward':
        if (outcome.tap) {
          const tap = ended ? asUndiciSees(outcome.tap, ended) : outcome.tap
          const reader = opensWebSocket(request)
            ? recordWebSocket(connection, request, outcome.tap, tap)
            : readResponse(request.method, tap, parserSettingsOf(connection.socket))
          const go = turn.live(reader)
          whenAnswered(event.controller, () => reader.cut())
          // Read from now on: the parser buffers what nobody reads.
          asked.body().catch(() => {})
          return await go
        }
        return await turn.live()
      case 'refuse':
        if (!outcome.reply) return event.controller.errorWith(outcome.error)
        takeOver(event.controller)
        await turn.local()
        return await writeReplay(connection, request.method, replayOf(outcome.reply))
      case 'replay':
        takeOver(event.controller)
        await turn.local()
        if (isWebSocketReplay(outcome)) return await playWebSocket(connection, request, outcome)
        return await writeReplay(connection, request.method, outcome)
    }
  } catch (error) {
    // The interceptors turn anything that is thrown into an HTTP 500 that looks like the server's.
    const reason = toError(error)
    if (event.controller.readyState === 0) event.controller.errorWith(reason)
    else connection.socket.destroy(reason)
  } finally {
    if (event.controller.readyState !== 0) turn.done()
  }
}

/** Bodies of requests that fetch's `Request` cannot carry. */
const bodies = new WeakMap<object, Promise<Uint8Array | null>>()

/** GET and HEAD with a body: HTTP allows it, but the interceptors drop the body. */
const losesBody = ({ method, headers }: Request): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  (headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0)

function readBody(connection: Connection, begun: Uint8Array): Promise<Uint8Array | null> {
  const left = new AbortController()
  connection.socket.once('close', () => left.abort())
  const reader = readRequest(left.signal)
  reader.write(begun)
  connection.copyRequest(reader)
  return reader.body
}

/**
 * A CONNECT request is transport, not an exchange. Each request inside the tunnel is answered for itself.
 * @remarks The interceptors enter the tunnel from `respondWith`. Without a `response` listener undici fails with an
 * internal assertion if the answer comes in the same tick.
 */
async function tunnel(
  event: RequestEvent,
  connection: Connection,
  gate: Gate,
  enter: (answer: () => void) => void,
): Promise<void> {
  // The interceptors fail outside of any request on a tunnel to what is no authority. Nothing in it can be recorded.
  if (!URL.canParse(`http://${event.request.url}`)) {
    const error = gate.nonHttp(connection.use)
    if (error) return event.controller.errorWith(error)
    takeOver(event.controller)
    connection.control.passthrough()
    return
  }
  // The request target of CONNECT is an authority, no URL (RFC 9112, section 3.2.3).
  const [host = '', port = '443'] = event.request.url.split(/:(?=\d+$)/)
  const verdict = gate.connect({
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port),
    protocol: 'http1',
  })
  if (verdict instanceof Error) return event.controller.errorWith(verdict)
  if (verdict === 'open') return
  await macrotask()
  if (event.controller.readyState === 0 && !connection.socket.destroyed)
    enter(() => event.controller.respondWith(new Response(null, { status: 200 })))
}

const hear = (): void => {}
/** @remarks Only while `answer` runs: a permanent listener would delay every response until it has run. */
function listening(requests: HttpRequestInterceptor, answer: () => void): void {
  requests.on('response', hear)
  try {
    answer()
  } finally {
    requests.removeListener('response', hear)
  }
}
