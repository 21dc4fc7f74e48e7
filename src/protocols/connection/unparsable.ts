import type { Gate } from '../../exchange/gate.ts'
import { isUndecided } from '../internals/interceptors.ts'
import type { Connection } from './connection.ts'

/**
 * Lets a request pass, or stops it, that no `Request` of fetch can carry, such as one whose target is no URL. It
 * cannot be recorded.
 */
export function passUnparsable(connection: Connection, gate: Gate): void {
  const { socket, control, use } = connection
  control.onUnreadable = (error) => {
    // What follows belongs to the same request.
    if (!isUndecided(control)) return
    const refusal = gate.active() ? gate.nonHttp(use) : undefined
    connection.known()
    try {
      if (refusal) socket.destroy(refusal)
      else control.passthrough()
    } catch {
      socket.destroy(error)
    }
  }
}
