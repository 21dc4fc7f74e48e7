import assert from 'node:assert/strict'
import { mock } from 'node:test'

import got from 'got'
import { Agent, cacheStores, interceptors, fetch as undiciFetch } from 'undici'

import { withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'

const DAY = 86_400_000

/** Each asks three times, with a new cache, and tells what it got. */
const CLIENTS: Readonly<Record<string, (url: string) => Promise<string[]>>> = {
  'the cache interceptor of undici': async (url) => {
    const dispatcher = new Agent().compose(interceptors.cache({ store: new cacheStores.MemoryCacheStore() }))
    const answers: string[] = []
    for (let time = 0; time < 3; time++) answers.push(await (await undiciFetch(url, { dispatcher })).text())
    return answers
  },
  'the cache of got': async (url) => {
    const cache = new Map()
    const answers: string[] = []
    for (let time = 0; time < 3; time++) answers.push(await got(url, { cache }).text())
    return answers
  },
}

describe('a client that caches answers', () => {
  let asked = 0
  const bench = testBench((_, response) => {
    asked++
    response.setHeader('date', new Date().toUTCString())
    response.setHeader('expires', new Date(Date.now() + 60_000).toUTCString())
    response.setHeader('cache-control', 'public, max-age=60')
    response.end(`answer ${asked}`)
  })
  beforeEach(() => {
    asked = 0
  })
  afterEach(() => mock.timers.reset())

  async function asksOnce(ask: (url: string) => Promise<string[]>): Promise<void> {
    const live = await withCassette(bench.path(), () => ask(bench.url('/cached')))
    assert.deepEqual([live, asked], [['answer 1', 'answer 1', 'answer 1'], 1])
    await bench.server.close()
    const now = Date.now()
    for (const days of [0, 1, 30, 3 * 365]) {
      mock.timers.enable({ apis: ['Date'], now: now + days * DAY })
      assert.deepEqual(
        await withCassette(bench.path(), { mode: 'none', strict: true }, () => ask(bench.url('/cached'))),
        live,
        `after ${days} days`,
      )
      mock.timers.reset()
    }
  }

  for (const [title, ask] of Object.entries(CLIENTS))
    it(`asks as often in replay as it did live, at any time: ${title}`, () => asksOnce(ask))
})
