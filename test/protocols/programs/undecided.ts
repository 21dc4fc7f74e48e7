/** Prints what a client sees, below a line `== KIND` for each: `undecided.ts KIND,KIND... plain|record CASSETTE`. */
import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo, type Server } from 'node:net'
import tls from 'node:tls'

import { Client } from 'undici'

import { openCassette } from '../../../src/index.ts'
import { selfSigned } from '../../helpers/tls-certificate.ts'

const [names = '', how, path = ''] = process.argv.slice(2)

const portOf = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
const say = (...words: unknown[]): void => console.log(...words)

async function secure(use: (socket: tls.TLSSocket) => void): Promise<void> {
  const server = tls.createServer({ ...selfSigned(), maxVersion: 'TLSv1.2' }, (socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => socket.end(`echo ${data.toString()}`))
  })
  server.on('tlsClientError', () => {})
  const socket = tls.connect({
    port: await portOf(server),
    host: '127.0.0.1',
    rejectUnauthorized: false,
  })
  socket.once('secureConnect', () => {
    use(socket)
    socket.write('x')
  })
  socket.on('data', (data) => say(data.toString()))
  await once(socket, 'close')
}

async function tunnel(open: (port: number) => Promise<[number, net.Socket]>): Promise<void> {
  const server = http.createServer().on('connect', (_, socket: net.Socket) => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    socket.on('data', (data) => socket.end(data))
  })
  const [status, socket] = await open(await portOf(server))
  socket.write('hello')
  const [data] = (await once(socket, 'data')) as [Buffer]
  say(status, data.toString())
}

/** The bytes of a head, as a server gets them. */
async function head(send: (port: number) => void): Promise<void> {
  const server = net.createServer()
  send(await portOf(server))
  const [socket] = (await once(server, 'connection')) as [net.Socket]
  const [data] = (await once(socket, 'data')) as [Buffer]
  say(JSON.stringify(data.toString('latin1').replace(/127.0.0.1:\d+/, 'HOST')))
}

const raw = (lines: string) => (): Promise<void> =>
  head((port) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.write(`GET / HTTP/1.1\r\nHost: a\r\n${lines}\r\n\r\n`)
    socket.on('data', () => {})
  })

const kinds: Record<string, () => Promise<void>> = {
  async again() {
    const server = net.createServer((socket) => socket.end('hi'))
    const port = await portOf(server)
    const socket = new net.Socket()
    socket.on('data', (data) => say('data', data.toString()))
    for (let i = 0; i < 3; i++) {
      socket.connect(port, '127.0.0.1')
      await new Promise<void>((resolve) => {
        socket.once('close', () => resolve())
      })
      say('closed')
    }
    // From its listener of `close`, without a turn of the event loop between.
    let left = 2
    const closed = new Promise<void>((resolve) => {
      socket.on('close', () => {
        if (left-- === 0) resolve()
        else socket.connect(port, '127.0.0.1')
      })
    })
    socket.connect(port, '127.0.0.1')
    await closed
  },
  keys: () => secure((socket) => say(Object.keys(socket.getEphemeralKeyInfo() ?? {}).length > 0)),
  renegotiate: () => secure((socket) => say(socket.renegotiate({ rejectUnauthorized: false }, () => {}))),
  'tunnel-http': () =>
    tunnel(
      (port) =>
        new Promise((resolve, reject) => {
          const request = http.request({ port, host: '127.0.0.1', method: 'CONNECT', path: '/' })
          request.on('error', reject)
          request.on('connect', ({ statusCode }, socket: net.Socket) => resolve([statusCode ?? 0, socket]))
          request.end()
        }),
    ),
  'tunnel-undici': () =>
    tunnel(async (port) => {
      const { statusCode, socket } = await new Client(`http://127.0.0.1:${port}`).connect({ path: '/' })
      return [statusCode, socket as net.Socket]
    }),
  'head-nospace': raw(Array.from({ length: 40 }, (_, i) => `X-${i}:v`).join('\r\n')),
  'head-spaces': raw('X-Foo:\tv\t\r\nx-BAR:   v  '),
  'head-empty': raw('X-Foo:\r\nX-Bar: \r\nCookie: b\r\ncookie: c\r\nSet-Cookie: a'),
  'head-http': () =>
    head((port) => {
      const headers = { 'X-Foo': '\tv', 'User-Agent': 'Me ', Accept: ' */*' }
      http.get({ port, host: '127.0.0.1', agent: false, headers }).on('error', () => {})
    }),
  async loop() {
    const port = await portOf(net.createServer((socket) => socket.resume()))
    const socket = net.connect(port, '127.0.0.1')
    await once(socket, 'connect')
    let written = 0
    while (socket.write(Buffer.alloc(1e6)) && written < 200) written++
    say(written < 200)
    await once(socket, 'drain')
  },
}

if (how === 'record') await openCassette(path, { mode: 'all' })
for (const name of names.split(',')) {
  say(`== ${name}`)
  await kinds[name]?.()
}
// Its servers and connections are of no use to anybody any more.
// oxlint-disable-next-line unicorn/no-process-exit
process.exit()
