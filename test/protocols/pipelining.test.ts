import assert from 'node:assert/strict'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { Client } from 'undici'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'

describe('pipelined requests', () => {
  const bench = testBench(async (request, response) => {
    await sleep(5)
    response.end(`answer to ${request.path}`)
  })
  const rejections: unknown[] = []
  const note = (error: unknown): void => void rejections.push(error)
  before(() => process.on('unhandledRejection', note))
  after(() => process.off('unhandledRejection', note))

  it('of undici are recorded and replayed, each with its own answer', async () => {
    const ask = async (): Promise<string[]> => {
      const client = new Client(bench.server.url, { pipelining: 5 })
      try {
        return await Promise.all(
          ['/1', '/2', '/3', '/4', '/5'].map(async (path) =>
            (await client.request({ path, method: 'GET' })).body.text(),
          ),
        )
      } finally {
        await client.destroy()
      }
    }
    const live = await ask()
    assert.deepEqual(
      live,
      ['/1', '/2', '/3', '/4', '/5'].map((path) => `answer to ${path}`),
    )
    assert.deepEqual(await withCassette(bench.path(), ask), live)
    await bench.server.close()
    assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, ask), live)
  })

  /** Two requests in one write, as no common client sends them. */
  const inOneWrite = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = net.connect(bench.server.port, '127.0.0.1')
      let text = ''
      socket.setEncoding('utf8')
      socket.on('error', reject)
      socket.on('data', (chunk: string) => {
        text += chunk
        if (text.includes('answer to /2')) socket.destroy()
      })
      socket.on('close', () => resolve(text.match(/answer to \/\d/g)?.join() ?? ''))
      socket.write('GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n')
    })

  it('in one write go through, whether a cassette records or none is open, and end no process', async () => {
    await withCassette(bench.path(), async () => {
      assert.equal(await inOneWrite(), 'answer to /1,answer to /2')
    })
    assert.equal(await inOneWrite(), 'answer to /1,answer to /2')
    await sleep(10)
    assert.deepEqual(rejections, [])
  }).timeout(8000)
})
