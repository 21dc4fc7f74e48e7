import { defined } from '../../base/defined.ts'
import { joinChunks } from '../../base/bytes.ts'
import { type GrpcFrame, isGrpc, plainFrame, splitGrpc } from '../wire/grpc-frame.ts'
import { headerValue } from '../headers.ts'
import type { Chunk, Exchange, ExchangeRequest, ExchangeResponse } from '../exchange.ts'
import { sinceOf } from '../since.ts'

/**
 * The exchange with its gRPC messages decompressed, in the form that is searched, stored and compared. Every client accepts a
 * message that is not compressed. A message that cannot be decompressed stays as it is. The same object if nothing changed.
 */
export function plainGrpc(exchange: Exchange): Exchange {
  const request = plainGrpcRequest(exchange.request)
  const response = exchange.response && plainGrpcResponse(exchange.response)
  if (request === exchange.request && response === exchange.response) return exchange
  return { ...exchange, request, ...defined({ response }) }
}

export function plainGrpcRequest<Request extends ExchangeRequest>(request: Request): Request {
  const { body, headers } = request
  if (body === null || !isGrpc(headerValue(headers, 'content-type'))) return request
  const { frames, rest } = splitGrpc(body)
  const plain = frames.map((frame) => plainFrame(frame))
  if (plain.every((frame, index) => frame === frames[index])) return request
  return { ...request, body: Buffer.concat([...plain.map(({ bytes }) => bytes), rest]) }
}

export function plainGrpcResponse(response: ExchangeResponse): ExchangeResponse {
  if (!isGrpc(headerValue(response.headers, 'content-type'))) return response
  const { frames, rest } = splitGrpc(joinChunks(response.chunks))
  const coding = headerValue(response.headers, 'grpc-encoding') ?? 'identity'
  const plain = frames.map((frame) => plainFrame(frame, coding))
  if (plain.every((frame, index) => frame === frames[index])) return response
  return { ...response, chunks: rechunked(response.chunks, frames, plain, rest) }
}

/** Puts each message as a whole into the chunk in which its last byte came. */
function rechunked(
  chunks: readonly Chunk[],
  frames: readonly GrpcFrame[],
  plain: readonly GrpcFrame[],
  rest: Uint8Array,
): Chunk[] {
  const out: Chunk[] = []
  let [arrived, told, next, delayMs] = [0, 0, 0, 0]
  let held: string[] = []
  for (const [index, chunk] of chunks.entries()) {
    arrived += chunk.data.byteLength
    delayMs += chunk.delayMs
    held.push(...(chunk.since ?? []))
    const ready: Uint8Array[] = []
    for (let frame = frames[next]; frame && told + frame.bytes.length <= arrived; frame = frames[next]) {
      told += frame.bytes.length
      ready.push(plain[next++]?.bytes ?? frame.bytes)
    }
    if (index === chunks.length - 1) ready.push(rest)
    const data = Buffer.concat(ready)
    if (data.length === 0) continue
    out.push({ ...chunk, data, delayMs, ...sinceOf(held) })
    delayMs = 0
    held = []
  }
  return out
}
