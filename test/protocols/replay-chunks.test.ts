import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

import { Agent, request as undiciRequest } from 'undici'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'

const CHUNKS = ['one', 'two', 'three', 'four', 'five'].map((word) => `data: ${word}\n\n`)
const agent = new Agent()

/** Each part as the client reads it. */
async function partsOf(body: AsyncIterable<Uint8Array> | null): Promise<string[]> {
  const parts: string[] = []
  for await (const part of body ?? []) parts.push(Buffer.from(part).toString())
  return parts
}

const CLIENTS: Readonly<Record<string, (url: string) => Promise<string[]>>> = {
  fetch: async (url) => partsOf((await fetch(url)).body),
  'undici with an Agent of its own': async (url) =>
    partsOf((await undiciRequest(url, { dispatcher: agent })).body),
  async http(url) {
    const [response] = (await once(http.get(url, { agent: false }), 'response')) as [http.IncomingMessage]
    return partsOf(response)
  },
}

describe('the events of a stream', () => {
  const bench = testBench(async (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const chunk of CHUNKS) {
      response.write(chunk)
      await sleep(5)
    }
    response.end()
  })
  after(() => agent.destroy())

  for (const [name, ask] of Object.entries(CLIENTS)) {
    it(`come one by one in an instant replay: ${name}`, async () => {
      assert.deepEqual(await withCassette(bench.path(), () => ask(bench.url('/'))), CHUNKS)
      await bench.server.close()
      assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, () => ask(bench.url('/'))), CHUNKS)
    })
  }
})

describe('a replayed failure', () => {
  const bench = testBench(() => {})

  it('is a real Error with the code of the recorded one', async () => {
    const { url } = bench.server
    await bench.server.close()
    const viaFetch = (): Promise<unknown> => fetch(url).catch((error: unknown) => (error as Error).cause)
    const viaHttp = async (): Promise<unknown> => (await once(http.get(url, { agent: false }), 'error'))[0]
    for (const [name, ask] of Object.entries({ viaFetch, viaHttp })) {
      await withCassette(bench.path(name), ask)
      const error = await withCassette(bench.path(name), { mode: 'none' }, ask)
      assert.ok(error instanceof Error, name)
      assert.equal((error as Error & { code?: string }).code, 'ECONNREFUSED', name)
    }
  })
})
