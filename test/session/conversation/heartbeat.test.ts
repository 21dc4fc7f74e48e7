import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { CassetteMiss, withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'

describe('a request that comes more often than it was recorded', () => {
  let count = 0
  let answer = (): string => 'pong'
  beforeEach(() => {
    count = 0
    answer = () => 'pong'
  })
  const bench = testBench((request, response) => {
    if (request.path === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: hello\n\n')
      return
    }
    count += 1
    response.end(answer())
  })

  /** Asks so many times, with a stream open beside. */
  const beats =
    (times: number, options: { open?: boolean; method?: string; path?: string } = {}) =>
    async (): Promise<string[]> => {
      const { open = true, method = 'GET', path = '/ping' } = options
      const leave = new AbortController()
      const stream = open ? await fetch(bench.url('/events'), { signal: leave.signal }) : undefined
      const reader = stream?.body?.getReader()
      await reader?.read()
      const rest = reader?.read().catch(() => {})
      const texts: string[] = []
      for (let at = 0; at < times; at += 1) {
        await sleep(10)
        texts.push(await (await fetch(bench.url(path), { method })).text())
      }
      // An exchange that is open when its cassette is closed stays open in replay.
      void rest
      return texts
    }
  const replay = <T>(fn: () => Promise<T>): Promise<T> => withCassette(bench.path(), { mode: 'none' }, fn)

  for (const method of ['GET', 'HEAD'])
    it(`gets the same answer again while the stream is open that was open then: ${method}`, async () => {
      await withCassette(bench.path(), beats(2, { method }))
      assert.equal((await replay(beats(7, { method }))).length, 7)
      assert.equal((await replay(beats(1, { method }))).length, 1)
    })

  it('is a miss if no stream is open now, or none was open then', async () => {
    await withCassette(bench.path(), beats(2))
    await assert.rejects(replay(beats(3, { open: false })), CassetteMiss)
    await withCassette(bench.path(), { mode: 'all' }, async () => {
      await beats(2, { open: false })()
      await sleep(20)
      await beats(0)()
    })
    await assert.rejects(replay(beats(3)), CassetteMiss)
  })

  it('is a miss if the answers differed', async () => {
    answer = () => `pong ${count}`
    await withCassette(bench.path(), beats(2))
    await assert.rejects(replay(beats(3)), CassetteMiss)
  })

  it('is a miss if it may do something, or was never recorded', async () => {
    await withCassette(bench.path(), beats(2, { method: 'POST' }))
    await assert.rejects(replay(beats(3, { method: 'POST' })), CassetteMiss)
    await assert.rejects(replay(beats(1, { path: '/pong' })), CassetteMiss)
  })
})
