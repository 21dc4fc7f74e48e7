import type { Gate } from '../exchange/answer.ts'
import { coverGlobalDispatchers } from './dispatcher.ts'
import { forwardedRequests } from './forwarded.ts'
import { interceptSockets } from './http1.ts'
import { guardHttp2 } from './http2.ts'
import { followUndiciSockets } from './undici-sockets.ts'

export interface Protocols {
  /** Brings every seam up to date with what the program has opened and set since. Called as a session starts. */
  refresh(): void
}

const undici = followUndiciSockets()

/**
 * Patches this process, once: undici's global dispatchers and the sockets under everything else.
 * Nothing is ever taken off again; between sessions the gate is inactive and everything passes through.
 */
export function installProtocols(gate: Gate): Protocols {
  const forwarded = forwardedRequests()
  interceptSockets(gate, forwarded, undici)
  guardHttp2(gate)
  return {
    refresh() {
      coverGlobalDispatchers(gate, forwarded)
      undici.closeUnseen()
    },
  }
}
