import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2 from 'node:http2'

import * as grpc from '@grpc/grpc-js'
import { WebSocket, WebSocketServer } from 'ws'
import http from 'node:http'
import type { AddressInfo } from 'node:net'

import { type CassetteProxy, type ProxyOptions, startProxy } from '../../src/proxy.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { startHttp2Server } from '../protocols/http2-server.ts'
import { ask } from './ask.ts'

describe('the protocols of a proxy', () => {
  const bench = testBench((_request, response) => void response.end('plain'))
  let proxy: CassetteProxy | undefined

  const start = async (target: ProxyOptions['target'], mode: ProxyOptions['mode']): Promise<CassetteProxy> =>
    (proxy = await startProxy({ target, cassette: bench.path(), mode: mode ?? 'once' }))

  afterEach(async () => {
    await proxy?.close().catch(() => {})
    proxy = undefined
  })

  it('records and replays gRPC calls of every kind, with their status', async () => {
    const server = new grpc.Server()
    const bytes = {
      requestSerialize: asBytes,
      requestDeserialize: asBytes,
      responseSerialize: asBytes,
      responseDeserialize: asBytes,
    }
    server.addService(
      {
        one: { path: '/echo.Echo/One', requestStream: false, responseStream: false, ...bytes },
        all: { path: '/echo.Echo/All', requestStream: true, responseStream: true, ...bytes },
      },
      {
        one: (call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) =>
          call.request.length === 0
            ? done({ code: grpc.status.NOT_FOUND, details: 'nothing here' })
            : done(null, call.request),
        all: (call: grpc.ServerDuplexStream<Buffer, Buffer>) => {
          call.on('data', (message: Buffer) => call.write(message))
          call.on('end', () => call.end())
        },
      },
    )
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      )
    })
    const target = `h2c://127.0.0.1:${port}`
    const recording = await start(target, 'once')
    const live = await echoes(recording.port)
    await recording.close()
    server.forceShutdown()
    const replaying = await start(target, 'none')
    assert.deepEqual(await echoes(replaying.port), live)
    assert.deepEqual(live, ['one', '5 nothing here', 'a,b,c'])
  }).timeout(20_000)

  it('records and replays WebSockets', async () => {
    const server = http.createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (socket, { url }) => {
      socket.on('message', (message: Buffer) => {
        socket.send(`${url}: ${message.toString()}`)
        socket.close(1000, 'done')
      })
    })
    const target = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    const recording = await start(target, 'once')
    const live = await chat(`${recording.url}/chat?room=1`)
    await recording.close()
    for (const client of sockets.clients) client.terminate()
    server.close()
    server.closeAllConnections()
    const replaying = await start(target, 'none')
    assert.deepEqual(await chat(`${replaying.url}/chat?room=1`), live)
    assert.deepEqual(live, ['/chat?room=1: hello', 1000])
    await assert.rejects(chat(`${replaying.url}/elsewhere`), /Unexpected server response: 400/)
  })

  it('serves clients of HTTP/2 and of HTTP/1.1 on one port, whichever their server speaks', async () => {
    const server = await startHttp2Server('h2c', (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'text/plain' })
      stream.end('over HTTP/2')
    })
    const { url } = await start(
      [`/new=${server.url.replace('http', 'h2c')}`, `/old=${bench.url('')}`],
      'once',
    )
    const session = http2.connect(url)
    const get = async (path: string): Promise<string> => {
      const stream = session.request({ ':path': path })
      const chunks: Buffer[] = []
      for await (const chunk of stream) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks).toString()
    }
    assert.deepEqual(
      [
        await get('/new'),
        await get('/old'),
        (await ask(`${url}/new`)).body.toString(),
        (await ask(`${url}/old`)).body.toString(),
      ],
      ['over HTTP/2', 'plain', 'over HTTP/2', 'plain'],
    )
    session.close()
    await server.close()
  })
})

const asBytes = (bytes: Buffer): Buffer => bytes

async function echoes(port: number): Promise<string[]> {
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure())
  const one = (message: string): Promise<string> =>
    new Promise((resolve) => {
      client.makeUnaryRequest('/echo.Echo/One', asBytes, asBytes, Buffer.from(message), (error, answer) =>
        resolve(error ? `${error.code} ${error.details}` : String(answer)),
      )
    })
  const call = client.makeBidiStreamRequest('/echo.Echo/All', asBytes, asBytes)
  const heard: string[] = []
  for (const message of ['a', 'b', 'c']) {
    call.write(Buffer.from(message))
    const [answer] = (await once(call, 'data')) as [Buffer]
    heard.push(answer.toString())
  }
  call.end()
  call.resume()
  await once(call, 'status')
  const answers = [await one('one'), await one(''), heard.join(',')]
  client.close()
  return answers
}

async function chat(url: string): Promise<unknown[]> {
  const socket = new WebSocket(url.replace('http', 'ws'))
  const opened = once(socket, 'open')
  await opened
  socket.send('hello')
  const [[message], [code]] = (await Promise.all([once(socket, 'message'), once(socket, 'close')])) as [
    [Buffer],
    [number],
  ]
  return [message.toString(), code]
}
