import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { quantizeDelay, storedDelay, Timeline } from '../../../src/exchange/body/timeline.ts'

describe('a stored delay', () => {
  it('is left out if it is shorter than 10 ms', () => {
    assert.deepEqual(storedDelay(9.99), {})
    assert.deepEqual(storedDelay(Number.NaN), {})
    assert.deepEqual(storedDelay(10), { delay_ms: 10 })
  })

  it('keeps round numbers, also with the time that a timer adds', () => {
    for (const ms of [10, 20, 30, 50, 80, 100, 150, 200, 250, 300, 500, 1000, 2000, 5000]) {
      for (const late of [0, 0.4, 1.7, 4]) assert.equal(quantizeDelay(ms + late), ms, `${ms} + ${late}`)
    }
  })

  it('is a whole number near the live one, rises with it, and does not change when it is stored again', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 10, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (ms, more) => {
          const stored = quantizeDelay(ms)
          assert.ok(Number.isInteger(stored))
          assert.ok(Math.abs(stored - ms) <= Math.max(5, ms / 7.5), `${ms} became ${stored}`)
          assert.ok(quantizeDelay(ms + more) >= stored)
          assert.equal(quantizeDelay(stored), stored)
        },
      ),
    )
  })
})

describe('a timeline', () => {
  it('gives each offset the time from the previous offset to the chunk that brought it', () => {
    const chunks = [
      { data: Buffer.alloc(4), delayMs: 5 },
      { data: Buffer.alloc(0), delayMs: 1 },
      { data: Buffer.alloc(6), delayMs: 20 },
      { data: Buffer.alloc(2), delayMs: 300 },
    ]
    const timeline = new Timeline(chunks)
    assert.deepEqual(
      [2, 4, 7, 10, 12, 99].map((end) => timeline.delayUntil(end)),
      [5, 0, 21, 0, 300, 0],
    )
  })
})
