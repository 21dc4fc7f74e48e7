import { CONTROLLER } from '../internals/symbols.ts'
import type { SocketController } from './controller.ts'

/** The controller of a socket that the program connected while it was patched. */
export const controllerOf = (socket: object): SocketController | undefined =>
  Reflect.get(socket, CONTROLLER) as SocketController | undefined

export function setController(socket: object, controller: SocketController): void {
  Object.defineProperty(socket, CONTROLLER, { value: controller, configurable: true })
}
