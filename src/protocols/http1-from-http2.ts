import { headerValue } from '../exchange/headers.ts'
import type { ExchangeResponse } from '../exchange/exchange.ts'

/** A response as HTTP/1.1 carries it: one of HTTP/2 that does not say how long it is gets chunks, which trailers need too. */
export function asHttp1(method: string, response: ExchangeResponse): ExchangeResponse {
  const { version, status, headers } = response
  if (version !== '2' || method === 'HEAD' || status === 204 || status === 304) return response
  if (headerValue(headers, 'content-length') !== undefined && !response.trailers) return response
  const framed = headers.filter(([name]) => name.toLowerCase() !== 'content-length')
  return { ...response, headers: [...framed, ['transfer-encoding', 'chunked']] }
}
