import type { IncomingRequest, Outcome } from '../../exchange/gate.ts'
import { headerValue } from '../../exchange/headers.ts'
import type { Connection } from '../connection/connection.ts'
import { filterReads } from '../internals/socket-reads.ts'

const STATUS = 'HTTP/1.1 100'
const CONTINUE = Buffer.from(`${STATUS} Continue\r\n\r\n`)

/** A request whose client may wait for a 100 before it sends the body (RFC 9110, section 10.1.1). */
export interface ExpectingRequest {
  readonly request: IncomingRequest
  /** Call it with the outcome, before the outcome is carried out. */
  readonly decided: (outcome: Outcome) => void
}

/**
 * Sends a 100 in the server's place if somebody wants the body before the outcome is known. If the request is then
 * forwarded, the server's own 100 is removed.
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
          connection.socket.write(CONTINUE)
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

/** Removes the 100 from what the server sends next on the connection of this request. */
function dropContinue({ control }: Connection): void {
  const passthrough = control.passthrough.bind(control)
  control.passthrough = (flush) => {
    control.passthrough = passthrough
    const server = passthrough(flush)
    filterReads(server, withoutContinue)
    return server
  }
}

/** The bytes without the 100 at their start. `undefined`: more bytes are needed to decide. */
function withoutContinue(bytes: Buffer): Buffer | undefined {
  const begun = bytes.subarray(0, STATUS.length).toString('latin1')
  if (!STATUS.startsWith(begun)) return bytes
  const end = bytes.indexOf('\r\n\r\n')
  return end === -1 ? undefined : bytes.subarray(end + 4)
}
