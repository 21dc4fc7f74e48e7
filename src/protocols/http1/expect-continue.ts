import type { IncomingRequest, Outcome } from '../../exchange/gate.ts'
import { headerValue } from '../../exchange/headers.ts'
import type { Connection } from '../connection/connection.ts'
import { filterReads, readEarly } from '../internals/socket-reads.ts'

const STATUS = 'HTTP/1.1 100'
const CONTINUE = Buffer.from(`${STATUS} Continue\r\n\r\n`)

/** A request whose client may hold its body back until it is asked for it (RFC 9110, section 10.1.1). */
export interface ExpectingRequest {
  readonly request: IncomingRequest
  /** To be called with the outcome, before it is obeyed. */
  readonly decided: (outcome: Outcome) => void
}

/**
 * Asks for the body in the server's place when somebody wants to see it before it is known where the request goes; a
 * server that is asked after all has its own 100 taken out.
 */
export function expectContinue(request: IncomingRequest, connection: Connection): ExpectingRequest {
  if (!/^100-continue$/i.test(headerValue(request.headers, 'expect') ?? ''))
    return { request, decided: () => {} }
  let asked = false
  let isDecided = false
  return {
    request: {
      ...request,
      body() {
        if (!asked && !isDecided) {
          asked = true
          readEarly(connection.socket, CONTINUE)
        }
        return request.body()
      },
    },
    decided(outcome) {
      isDecided = true
      if (asked && outcome.kind === 'forward') dropContinue(connection)
    },
  }
}

/** Of the connection that is opened, or used again, for the request now. */
function dropContinue({ control }: Connection): void {
  const passthrough = control.passthrough.bind(control)
  control.passthrough = (flush) => {
    control.passthrough = passthrough
    const server = passthrough(flush)
    filterReads(server, withoutContinue)
    return server
  }
}

/** Without the 100 that the bytes begin with; `undefined`: that cannot be told yet. */
function withoutContinue(bytes: Buffer): Buffer | undefined {
  const begun = bytes.subarray(0, STATUS.length).toString('latin1')
  if (!STATUS.startsWith(begun)) return bytes
  const end = bytes.indexOf('\r\n\r\n')
  return end === -1 ? undefined : bytes.subarray(end + 4)
}
