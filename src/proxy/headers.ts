import type { HeaderPairs } from '../exchange/exchange.ts'

/** Headers of one connection, which a proxy does not pass on (RFC 9110, section 7.6.1). */
const OF_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** The headers that a proxy passes on. */
function passedOn(headers: HeaderPairs): HeaderPairs {
  const named = new Set(
    headers.flatMap(([name, value]) =>
      name.toLowerCase() === 'connection' ? value.split(',').map((one) => one.trim().toLowerCase()) : [],
    ),
  )
  return headers.filter(([name]) => {
    const lower = name.toLowerCase()
    return !lower.startsWith(':') && !OF_CONNECTION.has(lower) && !named.has(lower)
  })
}

/**
 * The headers of a client's request as the server gets them: for its own host. The proxy has answered an `expect` itself.
 */
export const forServer = (headers: HeaderPairs): HeaderPairs =>
  passedOn(headers).filter(([name]) => !/^(?:host|expect)$/i.test(name))

/** The headers of a response as the client gets them. A redirect to the server leads to the proxy. */
export const forClient = (headers: HeaderPairs, from: string, to: string): HeaderPairs =>
  passedOn(headers).map(([name, value]) =>
    /^(?:content-)?location$/i.test(name) && isBelow(value, from)
      ? [name, `${to}${value.slice(from.length)}`]
      : [name, value],
  )

const isBelow = (url: string, base: string): boolean =>
  url.startsWith(base) && /^(?:[/?#]|$)/.test(url.slice(base.length))

export const flat = (headers: HeaderPairs): string[] => headers.flatMap(([name, value]) => [name, value])
