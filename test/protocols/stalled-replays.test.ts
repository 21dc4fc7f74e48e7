import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'

import axios from 'axios'
import got from 'got'
import nodeFetch from 'node-fetch'
import { request as undiciRequest } from 'undici'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { runProgram } from '../helpers/program.ts'
import { rawServerBench } from './raw-server.ts'

/** Longer than the margin that a stalled replay adds, ms. */
const TIMEOUT_MS = 1150

const told = (error: unknown): string => {
  const { name, code, message } = error as Error & { code?: unknown }
  return [name, code, message].join(' ')
}

/** Each client gives up in its own way and says how. None gives up before its time. */
const CLIENTS: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
  fetch: async (url) => (await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })).text(),
  async http(url) {
    const request = http.get(url, { agent: false, timeout: TIMEOUT_MS })
    request.on('timeout', () => request.destroy(new Error('too slow')))
    request.on('error', () => {})
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    return Array.fromAsync(response)
  },
  'undici request': async (url) =>
    (await undiciRequest(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })).body.text(),
  axios: (url) => axios.get(url, { timeout: TIMEOUT_MS }),
  got: (url) => got(url, { timeout: { request: TIMEOUT_MS }, retry: { limit: 0 } }),
  'node-fetch 3': async (url) => (await nodeFetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })).text(),
}

describe('a server that stalls', function () {
  this.timeout(60_000)
  const bench = testBench(() => {})
  const server = rawServerBench((socket, head) => {
    if (head.includes(' /body')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello')
  })

  const everybody = async (): Promise<Record<string, string>> => {
    const all = Object.entries(CLIENTS).flatMap(([name, ask]) =>
      ['head', 'body'].map(async (where) => {
        const from = performance.now()
        const error = await ask(`${server.url}/${where}/${name.replaceAll(' ', '-')}`).then(
          () => 'nothing',
          told,
        )
        const early = performance.now() - from < TIMEOUT_MS - 20 ? ', early' : ''
        return [`${name}, ${where}`, `${error}${early}`] as const
      }),
    )
    return Object.fromEntries(await Promise.all(all))
  }

  it('stalls in replay until the client gives up, by its own timeout and with its own error', async () => {
    const live = await everybody()
    assert.ok(
      Object.values(live).every((one) => /time|slow|abort/i.test(one)),
      JSON.stringify(live),
    )
    assert.deepEqual(await withCassette(bench.path(), everybody), live, 'while recording')
    assert.match(bench.read() ?? '', /waited_ms: 1000/)
    await server.close()
    assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, everybody), live)
  })

  it('holds a client without a timeout for twice as long as the recorded one waited, and a second', async () => {
    await withCassette(bench.path(), () => CLIENTS['fetch']!(server.url).catch(() => {}))
    await server.close()
    const from = performance.now()
    await withCassette(bench.path(), { mode: 'none' }, () =>
      assert.rejects(fetch(server.url), { message: 'fetch failed' }),
    )
    const waited = performance.now() - from
    assert.ok(waited > 2900 && waited < 4500, `${waited} ms`)
  })

  it('does not store `waited_ms` if the client left within a second', async () => {
    await withCassette(bench.path(), () =>
      fetch(server.url, { signal: AbortSignal.timeout(50) }).catch(() => {}),
    )
    assert.match(bench.read() ?? '', /incomplete: true/)
    assert.doesNotMatch(bench.read() ?? '', /waited_ms/)
  })

  it('keeps a process alive in replay as long as the connection did', async () => {
    const env = { URL: server.url, TAPE: bench.path(), TIMEOUT_MS: String(TIMEOUT_MS) }
    const live = await runProgram('test/protocols/programs/stalled.ts', env)
    assert.deepEqual([live.code, live.stdout], [0, 'TimeoutError, too slow\n'])
    await server.close()
    const replayed = await runProgram('test/protocols/programs/stalled.ts', env)
    assert.deepEqual([replayed.code, replayed.stdout], [0, 'TimeoutError, too slow\n'])
  })
})
