import assert from 'node:assert/strict'
import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

import { WebSocket } from 'ws'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { type SocketServer, startWebSocketServer } from '../helpers/websocket-server.ts'

describe('servers on loopback that take another port in each run', () => {
  const bench = testBench((_, response) => void response.end())
  const stops: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop()
  })

  async function echoing(): Promise<string> {
    const server = http.createServer((request, response) => {
      response.flushHeaders()
      request.on('data', (chunk: Buffer) => response.write(`${chunk.toString()}!`))
      request.on('end', () => response.end('bye'))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    stops.push(async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/talk`
  }

  async function talk(url: string): Promise<string[]> {
    const request = http.request(url, { method: 'POST' })
    const heard: string[] = []
    request.write('one')
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    for (const word of ['two', undefined]) {
      heard.push(String((await once(response, 'data'))[0]))
      if (word) request.write(word)
      else request.end()
    }
    for await (const chunk of response) heard.push(String(chunk))
    return heard
  }

  it('have conversations that are found by their address without the port', async () => {
    const [first, second] = [await echoing(), await echoing()]
    const path = bench.path()
    const live = await withCassette(path, () => talk(first))
    assert.deepEqual(live, ['one!', 'two!', 'bye'])
    assert.deepEqual(await withCassette(path, { mode: 'none', strict: true }, () => talk(second)), live)
  }).timeout(5000)

  it('have WebSockets that are found by their first message, even if the recordings are of another server', async () => {
    const start = async (): Promise<SocketServer> => {
      const server = await startWebSocketServer((socket) =>
        socket.on('message', (data: Buffer) => socket.send(`${data.toString()}!`)),
      )
      stops.push(() => server.close())
      return server
    }
    const [a, b] = [await start(), await start()]
    const say = async (url: string, word: string): Promise<string> => {
      const socket = new WebSocket(url)
      await once(socket, 'open')
      socket.send(word)
      const [answer] = (await once(socket, 'message')) as [Buffer]
      socket.close()
      await once(socket, 'close')
      return answer.toString()
    }
    const path = bench.path()
    await withCassette(path, () => Promise.all([say(a.url, 'one'), say(b.url, 'two')]))
    const replayed = await withCassette(path, { mode: 'none', strict: true }, () =>
      Promise.all([say(b.url, 'two'), say(a.url, 'one')]),
    )
    assert.deepEqual(replayed, ['two!', 'one!'])
  })
})
