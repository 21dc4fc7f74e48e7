import type { ExchangeRequest } from '../exchange/exchange.ts'
import type { MatchRequest } from '../providers/types.ts'

/** A recorded or incoming request in the form for matching. A decoded body has no `content-encoding` header any more. */
export const matchRequest = ({
  method,
  url,
  headers,
  body,
  contentDecoded,
}: ExchangeRequest): MatchRequest => ({
  method,
  url,
  headers: contentDecoded ? headers.filter(([name]) => !/^content-(encoding|length)$/i.test(name)) : headers,
  body,
})
