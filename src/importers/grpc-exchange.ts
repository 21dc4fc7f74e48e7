import type { Chunk, Exchange, HeaderPairs } from '../exchange/exchange.ts'
import { exchangeOf } from './exchange-of.ts'

/** A gRPC call whose messages a tool keeps without their frames. */
export interface GrpcCall {
  readonly url: string
  readonly metadata: HeaderPairs
  readonly requests: readonly Uint8Array[]
  readonly responses: readonly Uint8Array[]
  readonly status: number
  readonly message: string
  readonly at: string | undefined
}

/** A message behind its prefix: not compressed, four bytes of length ("gRPC over HTTP/2", Length-Prefixed-Message). */
function framed(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.byteLength, 1)
  return Buffer.concat([prefix, message])
}

export function grpcExchange(call: GrpcCall, writtenAt: number): Exchange {
  const isOk = call.status === 0
  const chunks = call.responses.map((message): Chunk => ({ data: framed(message), delayMs: 0 }))
  return exchangeOf(
    {
      at: call.at,
      request: {
        method: 'POST',
        url: call.url,
        headers: [
          ['content-type', 'application/grpc'],
          ['te', 'trailers'],
          ...call.metadata.filter(([name]) => !/^(?::|host$|te$|content-type$)/i.test(name)),
        ],
        body: Buffer.concat(call.requests.map(framed)),
      },
      response: {
        status: 200,
        version: '2',
        headers: [['content-type', 'application/grpc']],
        body: isOk ? chunks : [],
        trailers: [
          ['grpc-status', String(call.status)],
          ['grpc-message', isOk ? '' : encodeURIComponent(call.message)],
        ],
      },
    },
    writtenAt,
  )
}
