/**
 * Records and replays while timers and clocks are fake, and prints what came of it.
 * FAKES: `sinon`, `node` or `none`. WHEN: `before` or `after` cassette is loaded.
 */
import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { mock } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'

const TAPE = process.env['TAPE'] ?? ''
const FIXED = Date.UTC(2001, 1, 1)

interface FakeTimers {
  readonly timers: object
  install(config: { now: number; toFake: string[] }): void
}

function installFakes(): void {
  if (process.env['FAKES'] === 'node')
    mock.timers.enable({
      apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'],
      now: FIXED,
    })
  if (process.env['FAKES'] !== 'sinon') return
  const fakes = createRequire(import.meta.url)('@sinonjs/fake-timers') as FakeTimers
  // Node's own streams and fetch need the real ones of these.
  const toFake = Object.keys(fakes.timers).filter((name) => name !== 'nextTick' && name !== 'queueMicrotask')
  fakes.install({ now: FIXED, toFake })
}

const nativeTimeout = setTimeout
const plain = http.createServer((request, response) => {
  if (request.url === '/stream') response.write('data: 1\n\n')
  else response.end(`said ${request.url}`)
})
new WebSocketServer({ server: plain }).on('connection', (socket) => {
  socket.on('message', (data: Buffer) => socket.send(`echo ${data.toString()}`))
})
const second = http2.createServer((request, response) => response.end(`second ${request.url}`))
plain.listen(0, '127.0.0.1')
second.listen(0, '127.0.0.1')
await Promise.all([once(plain, 'listening'), once(second, 'listening')])
const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port
const base = `127.0.0.1:${portOf(plain)}`
nativeTimeout(() => {
  throw new Error('hangs')
}, 20_000).unref()

if (process.env['WHEN'] === 'before') installFakes()
const { withCassette } = await import('../../../src/index.ts')
if (process.env['WHEN'] === 'after') installFakes()

const getText = async (url: string): Promise<string> => {
  const [response] = (await once(http.get(url, { agent: false }), 'response')) as [http.IncomingMessage]
  return Buffer.concat(await response.toArray()).toString()
}
const refused = (): Promise<unknown> =>
  new Promise((resolve) => {
    http.get('http://127.0.0.1:1/').on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
  })
const overHttp2 = async (): Promise<string> => {
  const session = http2.connect(`http://127.0.0.1:${portOf(second)}`)
  const stream = session.request({ ':path': '/h2' })
  const text = Buffer.concat(await stream.toArray()).toString()
  session.close()
  return text
}
const overWebSocket = async (): Promise<string> => {
  const socket = new WebSocket(`ws://${base}`)
  await once(socket, 'open')
  socket.send('hello')
  const [data] = (await once(socket, 'message')) as [Buffer]
  socket.close()
  await once(socket, 'close')
  return data.toString()
}
const firstEvent = async (): Promise<string> => {
  const { body } = await fetch(`http://${base}/stream`)
  const { value } = (await body?.getReader().read()) ?? {}
  return Buffer.from(value ?? []).toString()
}
const uploaded = async (): Promise<string> => {
  const response = await fetch(`http://${base}/upload`, { method: 'POST', body: 'x'.repeat(100_000) })
  return response.text()
}
const all = async (): Promise<unknown[]> => [
  await (await fetch(`http://${base}/fetch`)).text(),
  await uploaded(),
  await getText(`http://${base}/get`),
  await overHttp2(),
  await overWebSocket(),
  await refused(),
  await firstEvent(),
]

const live = await withCassette(TAPE, { mode: 'all' }, all)
const replayed = await withCassette(TAPE, { mode: 'none', timing: 'recorded' }, all)
const missed = await withCassette(TAPE, { mode: 'none' }, async () => {
  await fetch(`http://${base}/nobody`).catch(() => {})
  // A retry whose back-off never ends, as its timer is fake.
  if (process.env['FAKES'] !== 'none')
    await new Promise((resolve) => {
      setTimeout(resolve, 1000)
    })
}).catch((error: unknown) => (error as Error).name)
process.stdout.write(`${JSON.stringify({ live, replayed, missed })}\n`)
plain.close()
plain.closeAllConnections()
second.close()
