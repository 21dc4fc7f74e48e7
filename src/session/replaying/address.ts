import { canonicalHost } from '../../providers/requests/location.ts'

/** A URL as two are compared where a request has to be found by its head: servers on loopback take a free port each time. */
export function addressOf(url: string): string {
  const parsed = URL.parse(url)
  return parsed ? `${originOf(url)}${parsed.pathname}${parsed.search}` : url
}

/** The same for the server alone. */
export function originOf(url: string): string {
  const parsed = URL.parse(url)
  return parsed ? `${parsed.protocol}//${canonicalHost(parsed)}` : url
}

/** As in a URL. */
export const hostOf = (host: string): string => (host.includes(':') ? `[${host}]` : host)
