import assert from 'node:assert/strict'
import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

import { Agent, request as undiciRequest } from 'undici'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { stopwatch } from '../helpers/stopwatch.ts'

type Source = () => AsyncIterable<Uint8Array>
type Upload = (url: string, source: Source) => Promise<[status: number | undefined, body: string]>

const uploads: Record<string, Upload> = {
  'node:http': async (url, source) => {
    const request = http.request(url, { method: 'POST', agent: false })
    request.on('error', () => {})
    const body = Readable.from(source()).on('error', (error) => request.destroy(error))
    const answered = once(request, 'response')
    body.pipe(request)
    const [response] = (await answered) as [IncomingMessage]
    return [response.statusCode, Buffer.concat(await response.toArray()).toString()]
  },
  fetch: async (url, source) => {
    const body = Readable.toWeb(Readable.from(source())) as unknown as ReadableStream
    const response = await fetch(url, { method: 'POST', body, duplex: 'half' })
    return [response.status, await response.text()]
  },
  'undici with an agent of its own': async (url, source) => {
    const dispatcher = new Agent()
    try {
      const { statusCode, body } = await undiciRequest(url, {
        method: 'POST',
        body: Readable.from(source()),
        dispatcher,
      })
      return [statusCode, await body.text()]
    } finally {
      await dispatcher.destroy()
    }
  },
}

describe('streamed uploads', () => {
  const bench = testBench((_, response) => void response.end())
  const server = http.createServer((request, response) => {
    request.on('error', () => {})
    if (request.url === '/early') {
      request.once('data', () => response.writeHead(413).end('too much'))
      return
    }
    if (request.url === '/head') response.flushHeaders()
    let length = 0
    request.on('data', (chunk: Buffer) => (length += chunk.byteLength))
    request.on('end', () => response.end(String(length)))
  })
  const url = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  after(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })

  async function* large(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 160; i++) yield Buffer.alloc(65_536, i)
  }

  for (const [name, upload] of Object.entries(uploads)) {
    it(`are answered in replay as they were live, before their end: ${name}`, async () => {
      const path = bench.path()
      const send = (): ReturnType<Upload> => upload(url('/early'), large)
      const live = await withCassette(path, { onRecordError: 'record' }, send)
      assert.deepEqual(live, [413, 'too much'])
      const elapsed = stopwatch()
      assert.deepEqual(await withCassette(path, { mode: 'none', strict: true }, send), live)
      assert.ok(elapsed() < 5000)
    })

    it(`play their recording if they are only slow, even if the network may be used: ${name}`, async () => {
      const path = bench.path()
      async function* slow(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('one')
        await sleep(1200)
        yield Buffer.from('two')
      }
      const send = (): ReturnType<Upload> => upload(url('/whole'), slow)
      await withCassette(path, send)
      await withCassette(path, { mode: 'new_episodes', strict: true }, async (cassette) => {
        assert.deepEqual(await send(), [200, '6'])
        assert.deepEqual([cassette.played, cassette.recorded], [1, 0])
      })
    })
  }

  for (const [name, upload] of Object.entries(uploads)) {
    it(`play their recording if the client breaks them off: ${name}`, async () => {
      const path = bench.path()
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('one')
        await sleep(50)
        throw new Error('broken off')
      }
      const send = async (): Promise<unknown> =>
        upload(url('/whole'), broken).catch(() => sleep(100, 'failed'))
      await withCassette(path, send)
      assert.equal(await withCassette(path, { mode: 'none', strict: true }, send), 'failed')
    })
  }

  it('get their recordings in any order if their responses began first', async () => {
    const path = bench.path()
    const send = async (word: string, waits: boolean): Promise<string> => {
      const request = http.request(url('/head'), { method: 'POST', agent: false })
      request.flushHeaders()
      const answered = once(request, 'response')
      if (waits) await answered
      setTimeout(() => request.end(word), 10)
      const [response] = (await answered) as [IncomingMessage]
      return Buffer.concat(await response.toArray()).toString()
    }
    const live = await withCassette(path, async () => [await send('a', true), await send('bb', true)])
    const replayed = await withCassette(path, { mode: 'none', strict: true }, async () => [
      await send('bb', false),
      await send('a', false),
    ])
    assert.deepEqual(replayed, live.toReversed())
  })

  it('are a miss if they differ from the one that was answered early', async () => {
    const path = bench.path()
    const send = (first: string): ReturnType<Upload> =>
      uploads.fetch!(url('/early'), async function* () {
        yield Buffer.from(first)
        yield* large()
      })
    await withCassette(path, { onRecordError: 'record' }, () => send('a'))
    await assert.rejects(
      withCassette(path, { mode: 'none' }, () => send('b')),
      { code: 'CASSETTE_MISS' },
    )
  })
})
