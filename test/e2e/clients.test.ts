import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { CassetteMiss, withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { startServer } from '../helpers/server.ts'
import { selfSigned } from '../helpers/tls-certificate.ts'
import { CLIENTS, TLS_CLIENTS } from './clients.ts'
import { KEYS } from './keys.ts'
import { answerAsProvider } from './llm-upstream.ts'
import { stopwatch } from '../helpers/stopwatch.ts'

/** A client must report a miss within this time, ms, however long its retries would take. */
const SOON_MS = 300

describe('every client of the process', () => {
  const bench = testBench(answerAsProvider)

  describe('is recorded, and replays without the server', () => {
    for (const { name, ask } of CLIENTS) {
      it(name, async () => {
        const both = async (): Promise<string[]> => [
          await ask(bench.server.url, 'one'),
          await ask(bench.server.url, 'two'),
        ]
        const live = await withCassette(bench.path(), both)
        assert.equal(bench.server.requests.length, 2)
        assert.match(live[0] ?? '', /hello/)
        await bench.server.close()
        // Gives the clients time to see that their idle connections have ended.
        await sleep(20)

        assert.deepEqual(await withCassette(bench.path(), both), live)
        assert.ok(!Object.values(KEYS).some((key) => bench.read()?.includes(key)))
      })
    }
  })

  describe('is recorded over TLS too', () => {
    for (const { name, ask } of TLS_CLIENTS) {
      it(name, async () => {
        const secure = await startServer(answerAsProvider, selfSigned())
        const live = await withCassette(bench.path(), () => ask(secure.url, 'one'))
        assert.match(live, /hello/)
        assert.equal(secure.requests.length, 1)
        await secure.close()
        await sleep(20)

        assert.equal(await withCassette(bench.path(), () => ask(secure.url, 'one')), live)
      })
    }
  })

  describe('reports a miss at once and after one attempt, even if the program returns a default', () => {
    for (const { name, ask } of CLIENTS) {
      it(name, async () => {
        await withCassette(bench.path(), () => ask(bench.server.url, 'recorded'))
        const attempts: number[] = []
        const elapsed = stopwatch()
        const run = withCassette(bench.path(), async (cassette) => {
          const answer = await ask(bench.server.url, 'never asked before').catch(() => 'a default')
          attempts.push(cassette.misses.length)
          return answer
        })
        await assert.rejects(run, (error) => {
          assert.ok(error instanceof CassetteMiss, String(error))
          assert.deepEqual(
            error.differences.map(({ incoming }) => incoming),
            ['never asked before'],
          )
          return true
        })
        const ms = elapsed()
        assert.ok(ms < SOON_MS, `after ${Math.round(ms)} ms`)
        assert.deepEqual(attempts, [1], 'attempts of the client')
        assert.equal(bench.server.requests.length, 1, 'nothing went out')
      })
    }
  })
})
