import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import got, { HTTPError, type Progress } from 'got'

import type { Checks } from './checks.ts'
import type { Echo } from './got.ts'

const textOf = async (stream: AsyncIterable<Buffer>): Promise<string> =>
  Buffer.concat(await Array.fromAsync(stream)).toString()

/** Checks of got's documentation: hooks, instances, streams and agents. */
export const GOT_MORE: Checks = {
  'hooks, in order': async ({ url }) => {
    const seen: string[] = []
    await got(`${url}/redirect/302`, {
      hooks: {
        init: [() => void seen.push('init')],
        beforeRequest: [() => void seen.push('beforeRequest')],
        beforeRedirect: [() => void seen.push('beforeRedirect')],
        afterResponse: [
          (response) => {
            seen.push('afterResponse')
            return response
          },
        ],
      },
    })
    assert.deepEqual(seen, ['init', 'beforeRequest', 'beforeRedirect', 'beforeRequest', 'afterResponse'])
  },
  'beforeRequest changes what is sent': async ({ url }) => {
    const client = got.extend({
      hooks: { beforeRequest: [(options) => void (options.headers['x-hook'] = '1')] },
    })
    assert.equal((await client(`${url}/echo`).json<Echo>()).headers['x-hook'], '1')
  },
  'extend with a prefix': async ({ url }) => {
    const client = got.extend({ prefixUrl: url, headers: { 'x-inherited': 'yes' } })
    assert.equal((await client('echo').json<Echo>()).headers['x-inherited'], 'yes')
  },
  paginate: async ({ url }) => {
    const pages = await got.paginate.all<number>(`${url}/page?page=1`)
    assert.deepEqual(pages, [1, 2, 3])
  },
  cache: async ({ url, unique }) => {
    const cache = new Map()
    const address = `${url}/cached?${unique()}`
    assert.equal((await got(address, { cache })).body, 'made 1')
    const second = await got(address, { cache })
    assert.deepEqual([second.body, second.isFromCache], ['made 1', true])
  },
  stream: async ({ url }) => assert.equal(await textOf(got.stream(`${url}/text`)), 'plain text'),
  'stream events': async ({ url }) => {
    const stream = got.stream(`${url}/text`)
    const answered = once(stream, 'response') as Promise<[{ statusCode: number }]>
    await textOf(stream)
    assert.equal((await answered)[0].statusCode, 200)
  },
  'stream upload and answer': async ({ url }) => {
    const chunks: Buffer[] = []
    await pipeline(Readable.from(['up', 'load']), got.stream.post(`${url}/echo`), async (source) => {
      for await (const chunk of source) chunks.push(chunk as Buffer)
    })
    assert.equal((JSON.parse(Buffer.concat(chunks).toString()) as Echo).body, 'upload')
  },
  'a stream with an error status fails': ({ url }) =>
    assert.rejects(textOf(got.stream(`${url}/status/404`)), HTTPError),
  'download progress': async ({ url }) => {
    const seen: Progress[] = []
    await got(`${url}/large/200000`).on('downloadProgress', (progress) => seen.push(progress))
    assert.equal(seen.at(-1)?.transferred, 200_000)
    assert.equal(seen.at(-1)?.percent, 1)
  },
  'upload progress': async ({ url }) => {
    const seen: Progress[] = []
    await got
      .post(`${url}/echo`, { body: 'x'.repeat(100_000) })
      .on('uploadProgress', (progress) => seen.push(progress))
    assert.equal(seen.at(-1)?.transferred, 100_000)
  },
  'timings, ip and version': async ({ url }) => {
    const response = await got(`${url}/text`)
    assert.ok((response.timings?.phases.total ?? -1) >= 0)
    assert.ok(response.timings?.response)
    assert.equal(response.ip, '127.0.0.1')
    assert.equal(response.httpVersion, '1.1')
  },
  'a keep-alive agent reuses its socket': async ({ url }) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    const sockets = new Set<unknown>()
    for (let i = 0; i < 3; i++)
      await got(`${url}/text`, { agent: { http: agent } }).on('request', (request) =>
        request.on('socket', (socket) => sockets.add(socket)),
      )
    agent.destroy()
    assert.equal(sockets.size, 1)
  },
  'a unix socket': async ({ unixPath }) => {
    const response = await got(`unix:${unixPath}:/text`, { enableUnixSockets: true })
    assert.equal(response.body, 'plain text')
  },
  'fifty at once': async ({ url }) => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => got(`${url}/echo?n=${i}`).json<Echo>()),
    )
    assert.deepEqual(
      answers.map(({ path }) => path),
      answers.map((_, i) => `/echo?n=${i}`),
    )
  },
}
