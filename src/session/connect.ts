import type { ConnectTarget } from '../exchange/answer.ts'

/**
 * Whether a connection may be opened whose request is not known yet. `refuse`: where nothing may go live, a
 * protocol that cannot be replayed.
 */
export function mayConnect(
  { host, port, protocol }: ConnectTarget,
  live: boolean,
  ignored: (method: string, url: string) => boolean,
): 'open' | 'hold' | 'refuse' {
  const name = hostOf(host)
  const urls = ['http', 'https'].map((scheme) => `${scheme}://${name}:${port}/`)
  if (live || urls.some((url) => ignored('CONNECT', url))) return 'open'
  return protocol === 'http1' ? 'hold' : 'refuse'
}

/** As in a URL. */
export const hostOf = (host: string): string => (host.includes(':') ? `[${host}]` : host)
