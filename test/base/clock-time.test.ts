import assert from 'node:assert/strict'
import { clockTime } from '../../src/base/clock-time.ts'

const MOMENT = Date.UTC(2025, 10, 28, 7, 31, 39)

describe('clockTime', () => {
  for (const [title, value] of [
    ['seconds', MOMENT / 1000],
    ['milliseconds', MOMENT],
    ['microseconds', MOMENT * 1000],
    ['digits of seconds', String(MOMENT / 1000)],
    ['digits of seconds with a fraction', `${MOMENT / 1000}.000`],
    ['digits of nanoseconds', `${MOMENT}000000`],
    ['ISO 8601', '2025-11-28T07:31:39Z'],
    ['ISO 8601 with milliseconds', '2025-11-28T07:31:39.000Z'],
    ['ISO 8601 with a zone', '2025-11-28T08:31:39+01:00'],
    ['the form of AWS', '20251128T073139Z'],
    ['a date of HTTP', 'Fri, 28 Nov 2025 07:31:39 GMT'],
  ] as const) {
    it(`reads ${title}`, () => assert.equal(clockTime(value), MOMENT))
  }

  it('reads no other values', () => {
    for (const value of [
      1,
      0,
      -5,
      2025,
      '2025',
      '2025-11-28',
      'now',
      '',
      null,
      true,
      {},
      Number.NaN,
      1e30,
      '12345678',
    ])
      assert.equal(clockTime(value), undefined, JSON.stringify(value))
  })

  it('reads 2000 to 2100 alone', () => {
    assert.equal(clockTime(Date.UTC(1999, 11, 31) / 1000), undefined)
    assert.equal(clockTime(Date.UTC(2000, 0, 1) / 1000), Date.UTC(2000, 0, 1))
    assert.equal(clockTime('2100-01-01T00:00:00Z'), undefined)
    assert.equal(clockTime('1969-12-31T23:59:59Z'), undefined)
  })
})
