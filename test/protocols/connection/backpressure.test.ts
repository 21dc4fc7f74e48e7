import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

import { Agent, request as undiciRequest } from 'undici'

import { withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { stopwatch } from '../../helpers/stopwatch.ts'

const MB = 1024 * 1024
const PIECE = Buffer.alloc(64 * 1024, 'cassette ')
const BIG = 20 * MB

const agent = new Agent()
/** Gets response bodies as streams, from one client for each way through the protocols. */
const STREAMS: Readonly<Record<string, (url: string) => Promise<Readable>>> = {
  http: (url) =>
    new Promise((resolve, reject) => {
      http.get(url, { agent: false }, resolve).on('error', reject)
    }),
  'undici Agent': async (url) => (await undiciRequest(url, { dispatcher: agent })).body,
  'undici, global dispatcher': async (url) => (await undiciRequest(url)).body,
}

async function read(stream: AsyncIterable<Uint8Array>, waitMs = 0): Promise<number> {
  let bytes = 0
  let chunks = 0
  for await (const chunk of stream) {
    bytes += chunk.byteLength
    if (waitMs > 0 && ++chunks % 8 === 0) await sleep(waitMs)
  }
  return bytes
}

describe('backpressure', () => {
  const sent = { bytes: 0 }
  const bench = testBench(async (request, response) => {
    const size = Number(request.path.slice(1))
    response.setHeader('content-length', size)
    sent.bytes = 0
    while (sent.bytes < size && !response.destroyed) {
      const piece = PIECE.subarray(0, Math.min(PIECE.length, size - sent.bytes))
      sent.bytes += piece.length
      if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')])
    }
    response.end()
  })

  for (const [name, open] of Object.entries(STREAMS)) {
    describe(name, () => {
      it('does not wait for a client that ignores a body of 20 MB, while recording or in replay', async () => {
        const ignore = async (): Promise<void> => {
          const stream = await open(bench.url(`/${BIG}`))
          stream.on('error', () => {})
          await sleep(50)
          stream.destroy()
        }
        const elapsed = stopwatch()
        await withCassette(bench.path(), ignore)
        assert.ok(elapsed() < 1500, `recorded in ${Math.round(elapsed())} ms`)
        assert.ok(sent.bytes < BIG, 'the server is held back as it is live')
        assert.match(bench.read() ?? '', /^ {4}incomplete: true$/m)
        await bench.server.close()
        await withCassette(bench.path(), { mode: 'none' }, ignore)
      })

      it('closes the cassette although nobody has read a body', async () => {
        const streams: Readable[] = []
        const elapsed = stopwatch()
        await withCassette(bench.path(), async () => {
          streams.push(await open(bench.url(`/${BIG}`)))
        })
        assert.ok(elapsed() < 2000)
        for (const stream of streams) stream.on('error', () => {}).destroy()
      })

      it('sends a slow reader the whole body, while recording and in replay', async () => {
        const size = 4 * MB
        const slowly = async (): Promise<number> => read(await open(bench.url(`/${size}`)), 3)
        assert.equal(await withCassette(bench.path(), slowly), size)
        await bench.server.close()
        assert.equal(await withCassette(bench.path(), { mode: 'none' }, slowly), size)
        assert.doesNotMatch(bench.read() ?? '', /^ {4}incomplete/m)
      })

      it('stops sending a replay if the client does not read', async () => {
        const size = 8 * MB
        const url = bench.url(`/${size}`)
        await withCassette(bench.path(), async () => read(await open(url)))
        await bench.server.close()
        await withCassette(bench.path(), { mode: 'none' }, async () => {
          const stream = await open(url)
          await sleep(100)
          assert.ok(stream.readableLength < MB / 2, `${stream.readableLength} bytes wait in the stream`)
          const socket = Reflect.get(stream, 'socket') as Readable | undefined
          if (socket)
            assert.ok(socket.readableLength < MB / 2, `${socket.readableLength} bytes wait in the socket`)
          assert.equal(await read(stream), size)
        })
      })
    })
  }
})
