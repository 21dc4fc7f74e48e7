import assert from 'node:assert/strict'
import { mock } from 'node:test'
import OpenAI from 'openai'

import { type CassetteOptions, withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'

const DAY = 86_400_000

const httpDate = (ms: number): string => new Date(ms).toUTCString()
const COMPLETION =
  '{"id":"x","object":"chat.completion","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"hi"}}]}'

describe('the times of an answer', () => {
  let asked = 0
  const bench = testBench(({ path }, response) => {
    asked++
    const now = Math.floor(Date.now() / 1000) * 1000
    if (path !== '/times') {
      response.setHeader('content-type', 'application/json')
      response.setHeader('retry-after', '30')
      if (asked === 1) response.statusCode = 429
      response.end(asked === 1 ? '{"error":{"message":"slow down"}}' : COMPLETION)
      return
    }
    response.setHeader('date', httpDate(now))
    response.setHeader('expires', httpDate(now + DAY))
    response.setHeader('last-modified', httpDate(now - DAY))
    response.setHeader('retry-after', httpDate(now + 5000))
    response.setHeader('x-ratelimit-reset', String(now / 1000 + 60))
    response.setHeader('x-ratelimit-reset-tokens', '6m0s')
    response.setHeader('anthropic-ratelimit-requests-reset', new Date(now + 60_000).toISOString())
    response.setHeader('set-cookie', [
      `a=1; Expires=${httpDate(now + DAY)}; Path=/`,
      'gone=; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    ])
    response.end('ok')
  })
  beforeEach(() => {
    asked = 0
  })
  afterEach(() => mock.timers.reset())

  const ask = async (): Promise<Headers> => (await fetch(bench.url('/times'))).headers
  const replay = (options: CassetteOptions = {}): Promise<Headers> =>
    withCassette(bench.path(), { mode: 'none', ...options }, ask)

  for (const days of [1, 30, 3 * 365, -3])
    it(`are those of a fresh answer after ${days} days, by whole seconds`, async () => {
      const recorded = await withCassette(bench.path(), { mode: 'once' }, ask)
      await bench.server.close()
      mock.timers.enable({ apis: ['Date'], now: Date.now() + days * DAY })
      const played = await replay()
      const moved = (name: string): number =>
        Date.parse(played.get(name) ?? '') - Date.parse(recorded.get(name) ?? '')
      const seconds = moved('date') / 1000
      assert.ok(Math.abs(seconds - days * 86_400) < 120)
      for (const name of ['expires', 'retry-after', 'anthropic-ratelimit-requests-reset'])
        assert.equal(moved(name) / 1000, seconds, name)
      assert.equal(
        Number(played.get('x-ratelimit-reset')) - Number(recorded.get('x-ratelimit-reset')),
        seconds,
      )
      for (const name of ['last-modified', 'x-ratelimit-reset-tokens'])
        assert.equal(played.get(name), recorded.get(name))
      const [cookie = '', gone] = played.getSetCookie()
      const expires = /Expires=([^;]+)/.exec(cookie)?.[1] ?? ''
      assert.equal((Date.parse(expires) - Date.parse(recorded.get('expires') ?? '')) / 1000, seconds)
      assert.match(gone ?? '', /1970/)
    })

  it('stay as recorded with refresh: false, and within a minute', async () => {
    const recorded = Object.fromEntries(await withCassette(bench.path(), { mode: 'once' }, ask))
    assert.deepEqual(Object.fromEntries(await replay()), recorded)
    mock.timers.enable({ apis: ['Date'], now: Date.now() + DAY })
    assert.deepEqual(Object.fromEntries(await replay({ refresh: false })), recorded)
  })

  for (const now of [-86_400_000_000, 4_200_000_000_000, 8_640_000_000_000_000])
    it(`are an answer for a clock at ${now}`, async () => {
      await withCassette(bench.path(), { mode: 'once' }, ask)
      const real = Date.now
      try {
        Date.now = () => now
        assert.match((await replay()).get('date') ?? '', /GMT$/)
      } finally {
        Date.now = real
      }
    })

  it('do not make an SDK wait with timing: instant', async () => {
    const complete = async (): Promise<string | null | undefined> =>
      (
        await new OpenAI({ apiKey: 'x', baseURL: bench.url('/v1'), maxRetries: 1 }).chat.completions.create({
          model: 'm',
          messages: [{ role: 'user', content: 'q' }],
        })
      ).choices[0]?.message.content
    const realTimeout = globalThis.setTimeout
    const slow = mock.method(globalThis, 'setTimeout', (task: () => void, ms: number) =>
      realTimeout(task, ms === 30_000 ? 1 : ms),
    )
    await withCassette(bench.path(), { mode: 'all' }, complete)
    slow.mock.restore()
    await bench.server.close()
    const began = performance.now()
    assert.equal(await withCassette(bench.path(), { mode: 'none', onRecordError: 'record' }, complete), 'hi')
    assert.ok(performance.now() - began < 5000)
  })
})
