/**
 * Puts a handle of ours beneath the sockets that the program connects, and tells the interceptors of them in the place of
 * their own socket layer. `test/protocols/sockets/layer.test.ts` fails by name if a detail of either changes.
 */
import http from 'node:http'
import net, { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

import { Interceptor } from '@mswjs/interceptors'
import { SocketInterceptor } from '@mswjs/interceptors/net'

import { bypass, isBypassed } from '../internals/bypass.ts'
import { announcing, type Layer, type Method, natives, normalized, startConnect } from './connect.ts'
import { SocketController } from './controller.ts'
import type { ConnectionOptions } from './dialler.ts'
import { own } from './early-writes.ts'
import { controllerOf, setController } from './controller-of.ts'
import { giveHandle } from './native-stream.ts'
import { patchTls } from './tls/connect.ts'

// The interceptors look for the program's socket under a symbol that they do not export.
Object.setPrototypeOf(
  SocketController.prototype,
  new Proxy(Object.prototype, {
    get(target, name, controller): unknown {
      if (typeof name !== 'symbol' || name.description !== 'kRawSocket') return Reflect.get(target, name)
      return (controller as SocketController).socket
    },
  }),
)

let isInstalled = false

/** Makes the interceptors' socket layer this one, whether it has been applied or will be. */
export function takeSocketLayer(layer: Layer): void {
  const sockets = Interceptor.singleton(SocketInterceptor)
  const install = (): void => {
    if (isInstalled) return
    isInstalled = true
    patch(sockets, layer)
  }
  const isActive = Object.is(sockets.readyState, 'ACTIVE')
  if (isActive) {
    const undo = Reflect.get(sockets, 'subscriptions') as (() => void)[]
    for (const one of undo.splice(0).toReversed()) one()
  }
  Reflect.set(sockets, 'setup', install)
  if (isActive) install()
}

function patch(sockets: SocketInterceptor, layer: Layer): void {
  natives.connect = Reflect.get(Socket.prototype, 'connect') as Method
  const announce = announcing(sockets, layer)
  patchTls(announce)
  Reflect.set(Socket.prototype, 'connect', function connect(this: Socket, ...args: unknown[]): unknown {
    const known = controllerOf(this)
    const handle: unknown = Reflect.get(this, '_handle')
    const isOurs = known !== undefined && Object.is(handle, known.handle)
    const isFree = handle === null && !(this instanceof TLSSocket)
    if (isBypassed() || !(isOurs || isFree || this.destroyed) || (this instanceof TLSSocket && !isOurs))
      return Reflect.apply(natives.connect, this, args)
    const controller = isOurs ? known : plainController(this)
    startConnect(this, controller, normalized(args))
    announce(this, controller)
    return this
  })
  const { addRequest } = http.Agent.prototype as unknown as { addRequest: Method }
  Reflect.set(http.Agent.prototype, 'addRequest', function (this: http.Agent, ...args: unknown[]): unknown {
    for (const free of Object.values(this.freeSockets)) {
      for (const socket of free ?? []) if (!controllerOf(socket)) socket.destroy()
    }
    return Reflect.apply(addRequest, this, args)
  })
}

function plainController(socket: Socket): SocketController {
  const controller: SocketController = new SocketController(socket, {
    dial: (options) => dialPlain(options),
    pretend() {},
    use() {},
    isReady: () => true,
  })
  setController(socket, controller)
  giveHandle(socket, controller.handle)
  resetsByHandle(socket, controller)
  return controller
}

function dialPlain(options: ConnectionOptions): Socket {
  const { onread: _, signal: __, ...given } = options
  const live = new net.Socket({ ...given, allowHalfOpen: true })
  bypass(() => Reflect.apply(natives.connect, live, [given]))
  return live
}

const reset = Reflect.get(Socket.prototype, 'resetAndDestroy') as Method

/** Node resets only what has a handle of TCP. */
function resetsByHandle(socket: Socket, controller: SocketController): void {
  own(socket, 'resetAndDestroy', function resetAndDestroy() {
    if (!Object.is(Reflect.get(socket, '_handle'), controller.handle)) return Reflect.apply(reset, socket, [])
    const run = (): unknown => Reflect.apply(Reflect.get(socket, '_reset') as Method, socket, [])
    if (socket.connecting) socket.once('connect', run)
    else run()
    return socket
  })
}
