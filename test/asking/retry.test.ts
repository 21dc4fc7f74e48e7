import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'

import { each } from '../../src/asking/each.ts'
import { waitBefore } from '../../src/asking/retry.ts'

const NOW = Date.parse('2026-11-28T12:00:00Z')
const at = { now: NOW, random: 1 }

describe('the wait before a request is sent again', () => {
  it('is what the server asks for', () => {
    assert.equal(waitBefore(1, { 'retry-after': '7' }, at), 7000)
    assert.equal(waitBefore(9, { 'retry-after': '0' }, at), 0)
    assert.equal(waitBefore(1, { 'retry-after-ms': '1500', 'retry-after': '7' }, at), 1500)
    assert.equal(waitBefore(1, { 'retry-after': 'Sat, 28 Nov 2026 12:00:30 GMT' }, at), 30_000)
    assert.equal(waitBefore(1, { 'retry-after': 'Sat, 28 Nov 2026 11:00:00 GMT' }, at), 0)
  })

  it('doubles, up to half a minute, and differs by chance', () => {
    assert.deepEqual(
      [1, 2, 3, 20].map((attempt) => waitBefore(attempt, {}, at)),
      [500, 1000, 2000, 30_000],
    )
    assert.equal(waitBefore(1, { 'retry-after': 'soon' }, { now: NOW, random: 0 }), 250)
  })

  it('ends if the server asks for more than two minutes', () => {
    assert.equal(waitBefore(1, { 'retry-after': '121' }, at), undefined)
  })
})

describe('tasks of which some run at once', () => {
  it('take an item only when they are free, and end with the first error', async () => {
    let taken = 0
    function* items(): Generator<number> {
      for (;;) yield (taken += 1)
    }
    const task = async (item: number): Promise<void> => {
      await Promise.resolve()
      if (item === 5) throw new Error('five')
    }
    await assert.rejects(each(items(), 3, task), { message: 'five' })
    await setImmediate()
    assert.ok(taken <= 8, String(taken))
  })
})
