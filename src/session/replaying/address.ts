import { canonicalHost } from '../../providers/requests/location.ts'

/** A URL in the form in which two are compared without their ports on loopback: a test server takes another port in each run. */
export function addressOf(url: string): string {
  const parsed = URL.parse(url)
  return parsed ? `${originOf(url)}${parsed.pathname}${parsed.search}` : url
}

/** The same for scheme and host only. */
export function originOf(url: string): string {
  const parsed = URL.parse(url)
  return parsed ? `${parsed.protocol}//${canonicalHost(parsed)}` : url
}

/** A host name or IP address as it is written in a URL. */
export const hostOf = (host: string): string => (host.includes(':') ? `[${host}]` : host)
