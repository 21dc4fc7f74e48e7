import assert from 'node:assert/strict'

import { shiftTime } from '../../../src/providers/freshness/shift-time.ts'

const DAY = 86_400

describe('a time that is told as a day later', () => {
  const forms: readonly (readonly [string, string])[] = [
    ['Wed, 31 Dec 2025 23:00:00 GMT', 'Thu, 01 Jan 2026 23:00:00 GMT'],
    ['Wed, 31-Dec-2025 23:00:00 GMT', 'Thu, 01-Jan-2026 23:00:00 GMT'],
    ['2026-02-28T10:00:00Z', '2026-03-01T10:00:00Z'],
    ['2026-02-28T10:00:00.123456789Z', '2026-03-01T10:00:00.123456789Z'],
    ['2026-02-28T10:00:00+02:00', '2026-03-01T10:00:00+02:00'],
    ['2026-02-28 10:00:00', '2026-03-01 10:00:00'],
    ['1767225600', '1767312000'],
    ['1767225600123', '1767312000123'],
    ['1767225600.25', '1767312000.25'],
  ]
  for (const [before, after] of forms)
    it(`has the form that it had: ${before}`, () => {
      assert.equal(shiftTime(before, DAY), after)
      assert.equal(shiftTime(after, -DAY), before)
    })

  for (const other of [
    '',
    '0',
    '-1',
    '120',
    '1s',
    '6m0s',
    'Thu, 01 Jan 1970 00:00:00 GMT',
    'soon',
    '99999999999999999999',
  ])
    it(`is no other text: ${JSON.stringify(other)}`, () => {
      assert.equal(shiftTime(other, DAY), other)
    })

  it('stays if the clock names no year of four digits', () => {
    assert.equal(shiftTime('2026-02-28T10:00:00Z', DAY * 365 * 9000), '2026-02-28T10:00:00Z')
    assert.equal(
      shiftTime('Wed, 31 Dec 2025 23:00:00 GMT', -DAY * 365 * 3000),
      'Wed, 31 Dec 2025 23:00:00 GMT',
    )
  })
})
