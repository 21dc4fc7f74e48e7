import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'

/** Answers without a body. None has a length or a type. */
const BODILESS: Readonly<Record<string, { readonly method: string; readonly status: number }>> = {
  'an empty chunked answer': { method: 'POST', status: 200 },
  'an answer to HEAD': { method: 'HEAD', status: 200 },
  '204 No Content': { method: 'POST', status: 204 },
  '205 Reset Content': { method: 'POST', status: 205 },
  '304 Not Modified': { method: 'GET', status: 304 },
}

describe('an answer without a body is no stream', () => {
  const bench = testBench(async ({ path }, response) => {
    await sleep(path.endsWith('?first') ? 60 : 20)
    response.writeHead(Number(path.slice(1, 4)), { 'transfer-encoding': 'chunked' })
    response.flushHeaders()
    await sleep(20)
    response.end()
  })

  for (const [title, { method, status }] of Object.entries(BODILESS))
    it(`${title} waits for no other of its kind`, async () => {
      const ask = async (name: string): Promise<number> =>
        (await fetch(bench.url(`/${status}?${name}`), { method })).status
      await withCassette(bench.path(), () => Promise.all(['first', 'second', 'third'].map(ask)))
      await bench.server.close()
      assert.doesNotMatch(bench.read() ?? '', /since: |endSince/)
      const one = async (): Promise<number[]> => [await ask('third'), await ask('first'), await ask('second')]
      assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, one), [status, status, status])
    })
})
