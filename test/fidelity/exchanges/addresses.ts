import type { Server } from 'node:net'
import { basename } from 'node:path'
import { head, JSON_TYPE, length, say, TEXT } from '../say.ts'
import type { Exchange, ExchangeFamily } from '../types.ts'
import type { Wire } from '../wire-server.ts'

/** Answers with the way by which the request came. */
const hello: Exchange['serve'] = (wire) => {
  const { localFamily, server } = wire.socket as typeof wire.socket & { server: Server }
  const address = server.address()
  const told = {
    target: wire.target.replace(/^(?:https?:\/\/[^/]+)?\/[^/?]+/, ''),
    way: typeof address === 'string' ? basename(address) : localFamily,
    secure: 'encrypted' in wire.socket,
    host: wire.headers.get('host')?.replace(/:\d+$/, ':PORT'),
    as: Buffer.from(wire.headers.get('authorization')?.replace('Basic ', '') ?? '', 'base64').toString(),
  }
  return say(wire, '200 OK', [JSON_TYPE], JSON.stringify(told))
}

const at = (
  name: string,
  address: NonNullable<Exchange['address']>,
  needs: NonNullable<Exchange['needs']>,
  proof: RegExp,
): Exchange => ({ name, address, needs, proof, serve: hello })

/** Some clients' views escape quotation marks. */
const says = (key: string, value: string): RegExp => new RegExp(`${key}[\\\\"]+:[\\\\"]*${value}`)

export const ADDRESSES: ExchangeFamily = {
  name: 'Addresses',
  exchanges: [
    at('https', ({ secure }, path) => ({ url: `${secure}${path}` }), ['https'], says('secure', 'true')),
    at(
      'an IPv4 address and a port',
      ({ main }, path) => ({ url: `${main}${path}` }),
      [],
      says('host', '127'),
    ),
    at('localhost by name', ({ other }, path) => ({ url: `${other}${path}` }), [], says('host', 'localhost')),
    at('IPv6', ({ ipv6 }, path) => ({ url: `${ipv6}${path}` }), ['ipv6'], says('way', 'IPv6')),
    at(
      'a unix socket',
      ({ main, socketPath }, path) => ({ url: `${main}${path}`, socketPath }),
      ['unix'],
      says('way', 'server.sock'),
    ),
    at(
      'another unix socket, the same path',
      ({ main, otherSocketPath }) => ({ url: `${main}/a-unix-socket`, socketPath: otherSocketPath }),
      ['unix'],
      says('way', 'other.sock'),
    ),
    at(
      'user and password in the URL',
      ({ main }, path) => ({ url: `${main.replace('//', '//user:pa%20ss@')}${path}` }),
      ['userinfo'],
      says('as', 'user:pa(?: |%20)ss'),
    ),
    at(
      'a query',
      ({ main }, path) => ({ url: `${main}${path}?b=2&a=1&a=%C3%BC&empty=&flag` }),
      [],
      /b=2&a=1&a=%C3%BC&empty=&flag/,
    ),
    at(
      'an encoded path',
      ({ main }, path) => ({ url: `${main}${path}/a%2Fb/%E2%82%AC/(x)` }),
      [],
      /a%2Fb\/%E2%82%AC\/\(x\)/,
    ),
    at(
      'dots in the path',
      ({ main }, path) => ({ url: `${main}${path}/a/../b/./c` }),
      ['raw-path'],
      says('target', '/a/../b/./c'.replaceAll('.', '\\.')),
    ),
  ],
}

/** Redirects while the target has no `hop`, then answers with the request that arrived. */
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
