import assert from 'node:assert/strict'
import { deflateRawSync, deflateSync } from 'node:zlib'

import axios from 'axios'
import got from 'got'
import needle from 'needle'
import nodeFetch from 'node-fetch'
import nodeFetch2 from 'node-fetch2'
import superagent from 'superagent'
import { request as undiciRequest } from 'undici'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'

const TEXT = JSON.stringify({ says: 'Grüße '.repeat(20) })

const failed = (error: unknown): string => {
  const { name, code, cause } = error as Error & { code?: string; cause?: { code?: string } }
  return `failed: ${name} ${cause?.code ?? code}`
}
const read = (ask: (url: string) => Promise<unknown>) => (url: string) =>
  ask(url).then((body) => (typeof body === 'string' ? body : JSON.stringify(body)), failed)

/** Some clients decode both kinds of deflate, some only one, some none. */
const CLIENTS: Readonly<Record<string, (url: string) => Promise<string>>> = {
  fetch: read(async (url) => (await fetch(url)).text()),
  'node-fetch 3': read(async (url) => (await nodeFetch(url)).text()),
  'node-fetch 2': read(async (url) => ((await nodeFetch2(url)) as Response).text()),
  got: read(async (url) => (await got(url, { retry: { limit: 0 } })).body),
  axios: read(async (url) => (await axios.get<unknown>(url, { responseType: 'text' })).data),
  needle: read(async (url) => (await needle('get', url, { compressed: true, parse: false })).body as unknown),
  superagent: read(async (url) => (await superagent.get(url)).text),
}

/** The bytes that the server sends. */
const wire = async (url: string): Promise<Buffer> =>
  Buffer.from(await (await undiciRequest(url)).body.arrayBuffer())

describe('deflate, in the zlib format and bare', () => {
  const bench = testBench((request, response) => {
    const make = request.path === '/bare' ? deflateRawSync : deflateSync
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'deflate' })
    response.end(make(TEXT))
  })

  for (const [name, ask] of Object.entries(CLIENTS))
    it(`${name} reads each kind in replay as it did live`, async () => {
      const both = async (): Promise<string[]> => [
        await ask(bench.url('/bare')),
        await ask(bench.url('/zlib')),
      ]
      const live = await both()
      assert.deepEqual(await withCassette(bench.path(), both), live, 'while recording')
      await bench.server.close()
      assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, both), live)
    })

  it('some clients cannot read the bare format, so they see a difference', async () => {
    const bare = await Promise.all(Object.values(CLIENTS).map((ask) => ask(bench.url('/bare'))))
    assert.ok(bare.includes(TEXT))
    assert.ok(bare.some((one) => one !== TEXT))
  })

  it('is stored as readable text, marks only the bare format, and is replayed in its own format', async () => {
    const both = async (): Promise<Buffer[]> => [
      await wire(bench.url('/bare')),
      await wire(bench.url('/zlib')),
    ]
    await withCassette(bench.path(), both)
    assert.equal(bench.read()?.match(/bare_deflate: true/g)?.length, 1)
    assert.equal(bench.read()?.match(/says:/g)?.length, 2)
    await bench.server.close()
    const [bare, zlib] = await withCassette(bench.path(), { mode: 'none' }, both)
    assert.notEqual((bare?.[0] ?? 0) & 15, 8)
    assert.equal((zlib?.[0] ?? 0) & 15, 8)
  })
})
