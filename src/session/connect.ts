import type { ConnectTarget } from '../exchange/answer.ts'

/** Whether a connection may be opened whose request is not known yet. */
export function mayConnect(
  { host, port }: ConnectTarget,
  live: boolean,
  ignored: (method: string, url: string) => boolean,
): 'open' | 'hold' {
  const name = hostOf(host)
  const urls = ['http', 'https'].map((scheme) => `${scheme}://${name}:${port}/`)
  return live || urls.some((url) => ignored('CONNECT', url)) ? 'open' : 'hold'
}

/** As in a URL. */
export const hostOf = (host: string): string => (host.includes(':') ? `[${host}]` : host)
