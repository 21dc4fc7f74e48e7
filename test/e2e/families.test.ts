import assert from 'node:assert/strict'
import { mock } from 'node:test'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { type Ask, FAMILIES, type Family } from './families.ts'

const DAY = 86_400_000

describe('programs of an API', () => {
  let answer: ReturnType<Family['serve']> = () => ({ body: '' })
  const bench = testBench((request, response) => {
    const { status = 200, headers = {}, body } = answer(request)
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  afterEach(() => mock.timers.reset())

  const ask: Ask = (method, path, { headers = {}, body = null } = {}) =>
    fetch(bench.url(path), { method, headers, body, redirect: 'manual' })

  async function conforms(family: Family): Promise<void> {
    answer = family.serve()
    const live = await withCassette(bench.path(), () => family.run(ask))
    assert.equal(new Set(live).size, live.length, 'each answer shows what was asked')
    await bench.server.close()
    const file = bench.read() ?? ''
    assert.doesNotMatch(file, /\b[0-9a-f]{36,40}\b/, 'a secret is in the file')
    const { other } = family
    const now = Date.now()
    for (const days of [0, 3 * 365]) {
      mock.timers.enable({ apis: ['Date'], now: now + days * DAY })
      assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, () => family.run(ask)), live)
      if (other)
        await assert.rejects(
          withCassette(bench.path(), { mode: 'none' }, () => other(ask)),
          { name: 'CassetteMiss' },
        )
      mock.timers.reset()
    }
  }

  for (const [title, family] of Object.entries(FAMILIES))
    it(`get the right answers, today and in three years, and no others: ${title}`, () => conforms(family))
})
