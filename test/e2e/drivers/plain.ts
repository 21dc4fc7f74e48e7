import { bodyOf, headerOf, type FixtureExchange } from '../../helpers/exchange-files.ts'
import { KEYS } from '../keys.ts'
import { outcomeOf, tapFetch, type Driver } from '../outcome.ts'

const SENT = ['content-type', 'accept', 'mcp-protocol-version']

/** Sends the recorded bytes with fetch, for traffic without an SDK: downloads, MCP, OAuth, smaller providers. */
export const plainFetch: Driver = {
  name: 'fetch',
  accepts: () => true,
  send: (exchange, base) => {
    const tap = tapFetch()
    return outcomeOf(tap.responses, async () => {
      const { pathname, search } = new URL(exchange.request.url)
      const response = await tap.fetch(`${base}${pathname}${search}`, requestInit(exchange))
      await response.arrayBuffer()
      return { status: response.status }
    })
  },
}

function requestInit({ request }: FixtureExchange): RequestInit {
  const headers = new Headers({ authorization: `Bearer ${KEYS.bearer}` })
  for (const name of SENT) {
    const value = headerOf(request.headers, name)
    if (value !== '') headers.set(name, value)
  }
  const body = bodyOf(request)
  return {
    method: request.method,
    headers,
    redirect: 'manual',
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  }
}
