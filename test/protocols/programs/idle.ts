/** Prints what sockets and fetch's classes do. With `idle` as its argument it has opened and closed a cassette before. */
import { once } from 'node:events'
import net from 'node:net'
import http2 from 'node:http2'
import tls from 'node:tls'

import { withCassette } from '../../../src/index.ts'

const [, , how, tape = ''] = process.argv
if (how === 'idle') await withCassette(tape, { mode: 'all', onMiss: 'passthrough' }, () => {})

const tell = (what: string, ...values: unknown[]): void => console.log(what, JSON.stringify(values))
const shape = (fn: { name: string; length: number }): [string, number] => [fn.name, fn.length]

tell(
  'functions',
  shape(net.connect),
  shape(tls.connect),
  shape(http2.connect),
  shape(net.Socket.prototype.connect),
)
tell('globals', Object.keys(globalThis).toSorted())

const server = net.createServer((socket) => {
  socket.on('error', () => {})
  socket.end('hi')
})
await once(server.listen(0, '127.0.0.1'), 'listening')
const { port } = server.address() as net.AddressInfo

for (const bad of [{ port: 99_999 }, { port, lookup: 'x' }, { port, localAddress: 'nowhere' }])
  try {
    net.connect(bad as unknown as net.NetConnectOpts).on('error', (error) => tell('event', error.name))
  } catch (error) {
    tell('throws', Reflect.get(error as object, 'code'))
  }

const socket = new net.Socket()
for (let n = 0; n < 3; n++) {
  socket.connect(port, '127.0.0.1')
  socket.resume()
  await once(socket, 'connect')
  tell('connected', socket.remotePort === port, socket.pending, socket.readyState)
  await once(socket, 'close')
  tell('closed', socket.bytesRead)
}

const sink = net.createServer((one) => one.pause().on('error', () => {}))
await once(sink.listen(0, '127.0.0.1'), 'listening')
const writer = net.connect((sink.address() as net.AddressInfo).port, '127.0.0.1')
await once(writer, 'connect')
let writes = 0
while (writes < 100 && writer.write(Buffer.alloc(1_000_000))) writes++
tell('backpressure', writes < 100)
writer.destroy()

const request = new Request('http://a.test/', { headers: { authorization: 'Bearer a', 'X-One': '1' } })
request.headers.delete('authorization')
tell('headers', [...new Headers(request.headers)], [...new Request(request, { headers: { b: '2' } }).headers])
const response = Response.json({ a: 1 })
response.headers.set('x-two', '2')
tell('response', [...response.headers], [...new Response('x', response).headers])
tell('classes', Object.getOwnPropertySymbols(new Headers({ a: '1' })).length, Reflect.ownKeys(Headers).length)
server.close()
sink.close()
