import { head, JSON_TYPE, length, say, TEXT } from '../say.ts'
import type { Exchange, ExchangeFamily } from '../types.ts'
import type { Wire } from '../wire-server.ts'

const hello: Exchange['serve'] = (wire) =>
  say(wire, '200 OK', [JSON_TYPE], JSON.stringify({ target: wire.target.replace(/^\/[^/]+/, '') }))

const at = (
  name: string,
  address: NonNullable<Exchange['address']>,
  needs: NonNullable<Exchange['needs']> = [],
): Exchange => ({ name, address, needs, serve: hello })

export const ADDRESSES: ExchangeFamily = {
  name: 'Addresses',
  exchanges: [
    at('https', ({ secure }, path) => ({ url: `${secure}${path}` }), ['https']),
    at('localhost by name', ({ other }, path) => ({ url: `${other}${path}` })),
    at('IPv6', ({ ipv6 }, path) => ({ url: `${ipv6}${path}` }), ['ipv6']),
    at('a unix socket', ({ main, socketPath }, path) => ({ url: `${main}${path}`, socketPath }), ['unix']),
    at(
      'user and password in the URL',
      ({ main }, path) => ({ url: `${main.replace('//', '//user:pa%20ss@')}${path}` }),
      ['userinfo'],
    ),
    at('a query', ({ main }, path) => ({ url: `${main}${path}?b=2&a=1&a=%C3%BC&empty=&flag` })),
    at('an encoded path', ({ main }, path) => ({ url: `${main}${path}/a%2Fb/%E2%82%AC/(x)` })),
    at('dots in the path', ({ main }, path) => ({ url: `${main}${path}/a/../b/./c` }), ['raw-path']),
  ],
}

/** Redirects as long as the target lacks `hop`, then says what arrived. */
const redirecting =
  (status: string, location: (wire: Wire) => string, body = ''): Exchange['serve'] =>
  async (wire) => {
    const arrived = await wire.body
    if (wire.target.includes('hop'))
      return say(wire, '200 OK', [JSON_TYPE], JSON.stringify({ method: wire.method, bytes: arrived.length }))
    wire.write(`${head(status, ['location', location(wire)], TEXT, length(body))}${body}`)
  }

const otherHost = (wire: Wire): string =>
  `http://localhost:${wire.headers.get('host')?.split(':')[1] ?? ''}${wire.target}?hop`

export const REDIRECTS: ExchangeFamily = {
  name: 'Redirects',
  exchanges: [
    { name: '302', serve: redirecting('302 Found', (wire) => `${wire.target}?hop`, 'over there') },
    { name: '301 to another host', serve: redirecting('301 Moved Permanently', otherHost) },
    {
      name: '303 after POST',
      needs: ['method'],
      request: { method: 'POST', headers: [['content-type', 'text/plain']], body: Buffer.from('once') },
      serve: redirecting('303 See Other', (wire) => `${wire.target}?hop`),
    },
    {
      name: '307 after POST',
      needs: ['method'],
      request: { method: 'POST', headers: [['content-type', 'text/plain']], body: Buffer.from('twice') },
      serve: redirecting('307 Temporary Redirect', (wire) => `${wire.target}?hop`),
    },
    { name: 'a loop', serve: redirecting('302 Found', (wire) => wire.target) },
  ],
}
