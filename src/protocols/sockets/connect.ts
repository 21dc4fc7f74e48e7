import net, { type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

import type { SocketInterceptor } from '@mswjs/interceptors/net'

import { toError } from '../../base/to-error.ts'
import { nextTurn } from '../../clock.ts'
import type { SocketController } from './controller.ts'
import type { ConnectionOptions } from './dialler.ts'
import { connectOptions } from './tls/handle.ts'

export type Method = (this: unknown, ...args: unknown[]) => unknown

export interface Layer {
  /** Whether a connection may be made before it is known what for. Called with each new one. */
  isOpen(options: ConnectionOptions): boolean
}

/** `connect` as it was before it was patched. */
export const natives = { connect: Reflect.get(net.Socket.prototype, 'connect') as Method }

export function normalized(args: unknown[]): [ConnectionOptions, (() => void) | null] {
  if (Array.isArray(args[0])) return args[0] as never
  const normalize = Reflect.get(net, '_normalizeArgs') as (args: unknown[]) => never
  return normalize(args)
}

/** Lets Node begin to connect, with its checks and its events. The rest waits for the decision. */
export function startConnect(
  socket: Socket,
  controller: SocketController,
  [options, callback]: [ConnectionOptions, (() => void) | null],
): void {
  const tlsOptions = socket instanceof TLSSocket ? connectOptions(socket) : undefined
  controller.connectionOptions = { ...options, ...tlsOptions }
  const { lookup, autoSelectFamily } = options
  const { establishing } = controller
  const isName = !options.path && net.isIP(options.host ?? 'localhost') === 0
  establishing.tellsAttempt = !isName
  const held = {
    ...options,
    ...(lookup === undefined || lookup === null || typeof lookup === 'function'
      ? { lookup: establishing.lookup }
      : {}),
    ...(autoSelectFamily === undefined || typeof autoSelectFamily === 'boolean'
      ? { autoSelectFamily: false }
      : {}),
  }
  controller.early.watch()
  Reflect.apply(natives.connect, socket, callback ? [held, callback] : [held])
}

export type Announce = (socket: Socket, controller: SocketController) => void

/** Tells those who listen to the interceptors of new connections. Connects at once where `layer` allows it. */
export const announcing =
  (sockets: SocketInterceptor, layer: Layer): Announce =>
  (socket, controller) => {
    const { serverSocket, connectionOptions } = controller
    const isOpen = layer.isOpen(connectionOptions)
    if (isOpen) controller.dial()
    const event = { socket: serverSocket, controller, connectionOptions }
    process.nextTick(async () => {
      if (socket.destroyed) return
      const listeners = sockets.listeners('connection') as unknown as ((event: object) => unknown)[]
      try {
        for (const listener of listeners) await listener(event)
      } catch (error) {
        socket.destroy(toError(error))
        return
      }
      controller.announced()
      if (listeners.length === 0 && controller.readyState === 0) controller.passthrough()
      if (!isOpen) pretendIfAwaited(socket, controller)
    })
  }

/** Tells a client that waits for its connection that it is connected, though it is not known yet where to. */
function pretendIfAwaited(socket: Socket, controller: SocketController): void {
  const look = (): void => {
    const isAwaited =
      socket.listeners('connect').some((one) => one !== Reflect.get(socket, '_start')) ||
      socket.listenerCount('secureConnect') > 0
    if (controller.readyState === 0 && controller.isSilent && isAwaited) controller.pretend()
  }
  const onListener = (event: string | symbol): void => {
    if (event === 'connect') nextTurn(look)
    if (controller.establishing.isDone) socket.removeListener('newListener', onListener)
  }
  process.nextTick(() => {
    look()
    if (!controller.establishing.isDone) socket.on('newListener', onListener)
  })
}
