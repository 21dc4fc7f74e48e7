import { bufferOf } from '../../base/bytes.ts'
import { contentTypeOf } from '../../exchange/headers.ts'
import type { ExchangeRequest } from '../../exchange/exchange.ts'

/**
 * Whether the recorded body begins with the incoming one, of which more may come. If the recording was cut short, the incoming
 * body may be longer. The boundary of a multipart body does not count.
 */
export function samePrefix(recorded: ExchangeRequest, incoming: ExchangeRequest): boolean {
  const [a, b] = [plain(recorded), plain(incoming)]
  if (b.length > a.length && !recorded.incomplete) return false
  const length = Math.min(a.length, b.length)
  return a.subarray(0, length).equals(b.subarray(0, length))
}

function plain({ headers, body }: ExchangeRequest): Buffer {
  if (body === null) return Buffer.alloc(0)
  const bytes = bufferOf(body)
  const boundary = contentTypeOf(headers)?.boundary
  if (boundary === undefined) return bytes
  return Buffer.from(bytes.toString('latin1').replaceAll(`--${boundary}`, '--boundary'), 'latin1')
}
