import type { ExchangeRequest } from '../exchange/exchange.ts'
import type { MatchRequest } from '../providers/types.ts'

/** A recorded or incoming request as it is matched: one whose content was decoded no longer says that it is coded. */
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
