import type { ConnectTarget } from '../exchange/gate.ts'

/**
 * Whether a connection may be opened whose request is not known yet. One of HTTP/2 carries many: where some of a server's
 * are recorded, it is not dialled before one comes that is not.
 */
export function mayConnect(
  { host, port, protocol }: ConnectTarget,
  live: boolean,
  ignored: (method: string, url: string) => boolean,
  recorded: (target: { host: string; port: number }) => boolean,
): 'open' | 'hold' {
  const name = hostOf(host)
  const urls = ['http', 'https'].map((scheme) => `${scheme}://${name}:${port}/`)
  if (urls.some((url) => ignored('CONNECT', url))) return 'open'
  return live && !(protocol === 'http2' && recorded({ host, port })) ? 'open' : 'hold'
}

/** As in a URL. */
export const hostOf = (host: string): string => (host.includes(':') ? `[${host}]` : host)
