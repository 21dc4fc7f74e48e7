import type { Socket } from 'node:net'
import tls, { TLSSocket } from 'node:tls'

import { bypass, isBypassed } from '../../internals/bypass.ts'
import { calledFrom } from '../../internals/called-from.ts'
import { isCalledByHttp2 } from '../../internals/node-http2.ts'
import type { Announce, Method } from '../connect.ts'
import { SocketController } from '../controller.ts'
import { controllerOf, setController } from '../controller-of.ts'
import { connectOptions, TlsSide } from './handle.ts'

const connectTls = tls.connect
/** TLS sockets of which Node makes the handles. */
const leftToNode = new WeakSet<object>()

const isCalledByTlsConnect = (): boolean =>
  calledFrom((frames) => frames.some((frame) => /connect \(node:.*tls.wrap/.test(frame)), 12)

/** Gives the TLS sockets that the program connects a handle of ours. */
export function patchTls(announce: Announce): void {
  const native = Reflect.get(TLSSocket.prototype, '_wrapHandle') as Method
  const wrapHandle = function (this: TLSSocket, ...args: unknown[]): unknown {
    const [wrap] = args as [Socket | null]
    const options = Reflect.get(this, '_tlsOptions') as Record<string, unknown>
    const transport = wrap ? controllerOf(wrap) : undefined
    const isOurs =
      !isBypassed() &&
      !leftToNode.has(this) &&
      !isCalledByHttp2() &&
      options['isServer'] !== true &&
      (wrap ? transport !== undefined && isCalledByTlsConnect() : true)
    if (!isOurs) {
      leftToNode.add(this)
      return Reflect.apply(native, this, args)
    }
    return secureController(this, options, transport, announce).handle
  }
  Reflect.set(TLSSocket.prototype, '_wrapHandle', wrapHandle)
}

function secureController(
  socket: TLSSocket,
  made: Record<string, unknown>,
  transport: SocketController | undefined,
  announce: Announce,
): SocketController {
  const controller: SocketController = new SocketController(socket, {
    dial(options) {
      const { alpn, isPretended, session, servername } = side
      const { onread: _, signal: __, timeout: ___, socket: ____, ...given } = options
      const asGiven = {
        ...given,
        secureContext: made['secureContext'] ?? given['secureContext'],
        allowHalfOpen: true,
      }
      if (session !== undefined) Object.assign(asGiven, { session })
      if (servername !== undefined) Object.assign(asGiven, { servername })
      if (isPretended) Object.assign(asGiven, { ALPNProtocols: alpn === undefined ? [] : [alpn] })
      Object.assign(asGiven, side.identity())
      if (transport) {
        transport.openRaw()
        Object.assign(asGiven, { socket: transport.socket })
      }
      return bypass(() => connectTls(asGiven as tls.ConnectionOptions))
    },
    pretend() {
      transport?.pretend()
      side.pretend()
    },
    use: (live) => side.use(live),
    isReady: () => side.isShaken,
  })
  setController(socket, controller)
  const side = new TlsSide(socket, controller.handle, () => controller.live)
  side.onShaken = controller.flushReads
  if (transport) {
    controller.establishing.skip()
    transport.socket.on('close', () => socket.destroy())
    process.nextTick(() => {
      if (socket.destroyed) return
      controller.connectionOptions = { ...transport.connectionOptions, ...connectOptions(socket) }
      announce(socket, controller)
    })
  }
  return controller
}
