import { isGrpc } from '../../exchange/wire/grpc-frame.ts'
import { headerValue } from '../../exchange/headers.ts'
import { type ExchangeFailure, type HeaderPairs, HUNG_UP } from '../../exchange/exchange.ts'

/** Milliseconds per unit of a `grpc-timeout`. */
const UNITS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
}
/** The client's deadline began before the request came here: so much earlier it may end, ms. */
const SLACK_MS = 30

/**
 * The status of a gRPC call that the client left because its deadline had passed; `undefined`: it left for another reason.
 * It is recorded as the end of the call, so that a replay does not wait for the deadline.
 */
export function deadlineStatus(headers: HeaderPairs, elapsedMs: number): HeaderPairs | undefined {
  if (!isGrpc(headerValue(headers, 'content-type'))) return undefined
  const [, amount, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(headerValue(headers, 'grpc-timeout') ?? '') ?? []
  const timeoutMs = Number(amount) * (UNITS[unit] ?? NaN)
  if (!(elapsedMs >= timeoutMs - SLACK_MS)) return undefined
  return statusOf(4, 'Deadline exceeded')
}

/** The status of a gRPC call whose connection the server closed; `undefined`: another failure, such as a stream that was reset. */
export function droppedStatus(headers: HeaderPairs, { code }: ExchangeFailure): HeaderPairs | undefined {
  if (code !== HUNG_UP || !isGrpc(headerValue(headers, 'content-type'))) return undefined
  return statusOf(14, 'Connection dropped')
}

const statusOf = (code: number, message: string): HeaderPairs => [
  ['grpc-status', String(code)],
  ['grpc-message', message],
]
