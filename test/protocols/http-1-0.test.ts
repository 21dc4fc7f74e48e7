import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { rawServerBench } from './raw-server.ts'
import { VIEWING_CLIENTS } from './http-views.ts'

const ANSWERS: Readonly<Record<string, { head: string; body: string; end?: true }>> = {
  '/length': { head: 'HTTP/1.0 200 OK\r\ncontent-length: 3', body: 'old', end: true },
  '/to-the-end': { head: 'HTTP/1.0 200 Fine', body: 'as long as it lasts', end: true },
  '/keep-alive': { head: 'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\ncontent-length: 3', body: 'old' },
  '/new': { head: 'HTTP/1.1 200 OK\r\ncontent-length: 3', body: 'new' },
}

interface Seen {
  readonly version: string
  readonly reason: string
  readonly body: string
  /** Whether the connection of the previous request was used again. */
  readonly reused: boolean
  readonly connection: string | undefined
}

/** Requests each path twice, on one agent that keeps connections if the server allows it. */
async function seen(url: string): Promise<Record<string, Seen[]>> {
  const told: Record<string, Seen[]> = {}
  for (const path of Object.keys(ANSWERS)) {
    const agent = new http.Agent({ keepAlive: true })
    for (let i = 0; i < 2; i++) {
      const request = http.get(`${url}${path}`, { agent })
      const [response] = (await once(request, 'response')) as [http.IncomingMessage]
      const closed = once(request, 'close')
      let body = ''
      for await (const part of response.setEncoding('latin1')) body += part
      await closed
      // One turn later the agent has kept or dropped the connection.
      await new Promise(setImmediate)
      ;(told[path] ??= []).push({
        version: response.httpVersion,
        reason: response.statusMessage ?? '',
        body,
        reused: request.reusedSocket,
        connection: response.headers.connection,
      })
    }
    agent.destroy()
  }
  return told
}

describe('a server of HTTP/1.0', () => {
  const bench = testBench(() => {})
  const server = rawServerBench((socket, head) => {
    const answer = ANSWERS[head.split(' ')[1] ?? '']
    if (!answer) return
    socket.write(`${answer.head}\r\n\r\n${answer.body}`)
    if (answer.end) socket.end()
  })

  it('keeps its version in replay, and its connections are kept or closed as live', async () => {
    const live = await seen(server.url)
    assert.deepEqual(
      Object.entries(live).map(([path, views]) => [path, views.map((one) => `${one.version} ${one.reused}`)]),
      [
        ['/length', ['1.0 false', '1.0 false']],
        ['/to-the-end', ['1.0 false', '1.0 false']],
        ['/keep-alive', ['1.0 false', '1.0 true']],
        ['/new', ['1.1 false', '1.1 true']],
      ],
    )
    assert.deepEqual(await withCassette(bench.path(), () => seen(server.url)), live, 'while recording')
    assert.equal(bench.read()?.match(/http_version: '1\.0'/g)?.length, 6)
    await server.close()
    assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, () => seen(server.url)), live)
  })

  for (const client of VIEWING_CLIENTS)
    it(`recorded through http, replays for ${client.name}`, async () => {
      const live = await client.view(`${server.url}/to-the-end`)
      assert.equal(live.body, 'as long as it lasts')
      await withCassette(bench.path(), async () => {
        const request = http.get(`${server.url}/to-the-end`)
        const [response] = (await once(request, 'response')) as [http.IncomingMessage]
        response.resume()
        await once(response, 'end')
      })
      await server.close()
      assert.deepEqual(
        await withCassette(bench.path(), { mode: 'none' }, () => client.view(`${server.url}/to-the-end`)),
        live,
      )
    })
})
