import type { ClientRequest } from 'node:http'

import type { Gate } from '../exchange/gate.ts'
import { coverGlobalDispatchers } from './undici/dispatcher.ts'
import { countingOurs, patchedOnlyWhile } from './internals/idle.ts'
import { answerDns, namesMadeUpAddress } from './non-http/dns.ts'
import { stopOnOlderSockets } from './internals/http-client/older-sockets.ts'
import { allowUserInfo } from './internals/http-client/user-info.ts'
import { besideForeignInterceptors } from './internals/foreign.ts'
import { followGrpcClients } from './grpc-clients.ts'
import { interceptSockets, type Sockets } from './http1/intercept.ts'
import { poolsKnow } from './connection/closing.ts'
import { closeIdleConnections } from './connection/connection.ts'
import { interceptHttp2 } from './http2/intercept.ts'
import { guardNonHttpUses } from './non-http/uses.ts'
import { followUndici } from './undici/following.ts'

export interface Protocols {
  /**
   * Adapts the patches to what the program has opened and set since the last call. Called when a session starts and
   * ends. Resolves when the program may send requests.
   */
  refresh(): Promise<void>
}

const { undici, pools } = followUndici()

/**
 * Patches this process, once: undici's global dispatchers, and the sockets under all other clients. The patches are
 * never removed. Between sessions the gate is inactive and everything passes through.
 */
export function installProtocols(gate: Gate): Protocols {
  let sockets: Sockets | undefined
  let othersListen: (() => boolean) | undefined
  patchedOnlyWhile(
    (args) => gate.active() || othersListen?.() !== false || namesMadeUpAddress(args),
    () => {
      othersListen = countingOurs(() => {
        sockets = besideForeignInterceptors(() =>
          interceptSockets(gate, undici, pools, () => othersListen?.() !== false),
        )
      })
      // Patched before the guard, so the guard runs first: a query that it stops is not answered.
      answerDns(gate)
      guardNonHttpUses(gate)
      interceptHttp2(gate, undici)
    },
  )
  allowUserInfo()
  followGrpcClients(gate)
  stopOnOlderSockets({
    isActive: () => gate.active(),
    refusal: (request) => gate.unseen({ method: request.method, url: urlOf(request) }),
  })
  pools.closeLate(() => gate.active())
  undici.onUnseen((request, socket) => {
    const error = gate.active() ? gate.unseen(request) : undefined
    if (error) socket.destroy(error)
  })
  return {
    refresh() {
      sockets?.goLast()
      coverGlobalDispatchers(gate, undici)
      pools.closeUnseen()
      closeIdleConnections((socket) => undici.isBusy(socket))
      return poolsKnow()
    },
  }
}

/** The URL of a request that its client is about to write. */
function urlOf(request: ClientRequest): string {
  const origin = `${request.protocol}//${String(request.getHeader('host') ?? request.host)}`
  const url = URL.canParse(request.path) ? request.path : `${origin}${request.path}`
  return URL.canParse(url) ? url : origin
}
