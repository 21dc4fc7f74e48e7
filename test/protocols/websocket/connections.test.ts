import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { join } from 'node:path'

import { Agent, fetch as undiciFetch, ProxyAgent, WebSocket as Undici } from 'undici'
import { WebSocket, WebSocketServer } from 'ws'

import { withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { type Heard, keys, type Line, SOCKET_CLIENTS } from '../../helpers/websocket-clients.ts'
import { runs } from '../../helpers/runs.ts'
import { type Serve, type SocketServer, startWebSocketServer } from '../../helpers/websocket-server.ts'

/** The size of one message. */
const MEGABYTES = runs(16)

const echo: Serve = (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data as Buffer, { binary: isBinary }))
}

describe('the connection under a WebSocket', () => {
  const bench = testBench(() => {})
  const running: { server?: SocketServer } = {}
  afterEach(() => running.server?.close())
  const start = async (...args: Parameters<typeof startWebSocketServer>): Promise<SocketServer> =>
    (running.server = await startWebSocketServer(...args))

  const bothWays = async <T>(run: () => Promise<T>, stop: () => Promise<unknown>): Promise<void> => {
    const live = await withCassette(bench.path(), { mode: 'once' }, run)
    await stop()
    assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, run), live)
  }

  for (const { name, open } of SOCKET_CLIENTS.slice(0, 2)) {
    it(`${MEGABYTES} MB each way, bytes and text: ${name}`, async () => {
      const server = await start(echo, { maxPayload: 64 * 1024 * 1024 })
      const bytes = new Uint8Array(randomBytes(MEGABYTES * 1024 * 1024))
      const text = JSON.stringify({
        audio: Buffer.from(bytes)
          .toString('base64')
          .slice(0, MEGABYTES * 1024 * 1024 - 20),
      })
      const run = async (): Promise<readonly Heard[]> => {
        const line: Line = open(`${server.url}/big`)
        await line.next()
        line.send(bytes)
        assert.ok((await line.next())[1] === Buffer.from(bytes).toString('hex'))
        line.send(text)
        assert.ok((await line.next())[1] === text)
        line.close(1000)
        return (await line.closed).filter(([kind]) => kind === 'open' || kind === 'close')
      }
      await bothWays(run, () => server.close())
    }).timeout(60_000)
  }

  it('10,000 messages keep their order', async () => {
    const server = await start((socket) => {
      socket.on('message', (data) => {
        for (let n = 0; n < 100; n++) socket.send(`${(data as Buffer).toString()}.${n}`)
      })
    })
    const [ws] = SOCKET_CLIENTS
    assert.ok(ws)
    const run = async (): Promise<unknown[]> => {
      const line = ws.open(`${server.url}/many`)
      await line.next()
      for (let n = 0; n < 100; n++) line.send(`${n}`)
      for (let n = 0; n < 10_000; n++) await line.next()
      line.close(1000)
      return (await line.closed).map((heard) => heard[1])
    }
    await bothWays(run, () => server.close())
  })

  it('can be one that a pool has kept from an earlier request', async () => {
    const server = http.createServer((_, response) => response.end('plain'))
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (socket, request) => echo(socket, request))
    let connections = 0
    server.on('connection', () => connections++)
    server.unref().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const run = async (): Promise<unknown[]> => {
      const dispatcher = new Agent({ connections: 1 })
      const said: unknown[] = []
      said.push(await (await undiciFetch(`http://127.0.0.1:${port}/`, { dispatcher })).text())
      const socket = new Undici(`ws://127.0.0.1:${port}/`, { dispatcher })
      await once(socket, 'open')
      socket.send('one')
      const [{ data }] = (await once(socket, 'message')) as [{ data: unknown }]
      said.push(data)
      socket.close(1000)
      await once(socket, 'close')
      return said
    }
    await bothWays(run, async () => {
      assert.equal(connections, 1)
      server.close().closeAllConnections()
    })
  })

  it('can lead through a proxy', async () => {
    const server = await start(echo, { tls: keys })
    const seen: string[] = []
    const proxy = http.createServer()
    proxy.on('connect', (request, client: net.Socket) => {
      seen.push(request.url ?? '')
      const [host, port] = (request.url ?? '').split(':')
      const target = net.connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n')
        target.pipe(client).pipe(target)
      })
      for (const socket of [client, target]) socket.on('error', () => {}).unref()
    })
    proxy.unref().listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    const uri = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const run = async (): Promise<unknown> => {
      const dispatcher = new ProxyAgent({ uri, requestTls: { ca: keys.cert } })
      const socket = new Undici(`${server.url}/`, { dispatcher })
      await once(socket, 'open')
      socket.send('through')
      const [{ data }] = (await once(socket, 'message')) as [{ data: unknown }]
      socket.close(1000)
      await once(socket, 'close')
      return data
    }
    await bothWays(run, async () => {
      assert.equal(seen.length, 1)
      await server.close()
      proxy.close().closeAllConnections()
    })
    assert.match(bench.read() ?? '', /url: wss:\/\/localhost/)
  })

  it('can be a unix socket', async function () {
    if (process.platform === 'win32') this.skip()
    const folder = tempFolder()
    const path = join(folder.path, 'talk.sock')
    const server = http.createServer()
    new WebSocketServer({ server }).on('connection', (socket, request) => echo(socket, request))
    server.unref().listen(path)
    await once(server, 'listening')
    const run = async (): Promise<string> => {
      const socket = new WebSocket(`ws+unix://${path}:/chat?a=1`)
      await once(socket, 'open')
      socket.send('local')
      const [data] = (await once(socket, 'message')) as [Buffer]
      socket.close(1000)
      await once(socket, 'close')
      return data.toString()
    }
    try {
      await bothWays(run, async () => server.close().closeAllConnections())
      assert.match(bench.read() ?? '', /url: ws\+unix:\/\/talk\.sock\/chat/)
    } finally {
      folder.remove()
    }
  })
})
