import type { Chunk, Exchange, Frame } from '../../exchange/exchange.ts'
import { headerValue } from '../../exchange/headers.ts'

const LARGE_BYTES = 32 * 1024
const MANY_CHUNKS = 64

/** Whether an exchange is large or encoded: it is written later, so that its client need not wait before it gets its last event. */
export const takesTime = (exchange: Exchange): boolean => isLarge(exchange) || isEncoded(exchange)

const isLarge = ({ response }: Exchange): boolean =>
  response !== undefined &&
  (response.chunks.length + (response.frames?.length ?? 0) > MANY_CHUNKS ||
    bytesOf(response.chunks) + bytesOf(response.frames ?? []) > LARGE_BYTES)

const isEncoded = ({ request, response }: Exchange): boolean =>
  [request, response].some((side) => side && headerValue(side.headers, 'content-encoding') !== undefined)

const bytesOf = (parts: readonly (Chunk | Frame)[]): number =>
  parts.reduce((sum, part) => sum + ('data' in part ? part.data.byteLength : 0), 0)
