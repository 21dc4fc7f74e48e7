import assert from 'node:assert/strict'
import { CREDENTIALS, ENCODED_PLACES, PLACES } from './leak-table.ts'
import { leaksOf } from './leaks.ts'

// The long form, every format in every place, is `npm run reliability`.
describe('the table of credentials and places', () => {
  it('has at least 100 formats and 70 places', () => {
    assert.ok(new Set(CREDENTIALS.map(({ value }) => value)).size >= 100)
    assert.ok(Object.keys(PLACES).length >= 70)
  })

  it('has no leak of a credential that is known by its form', () => {
    assert.deepEqual(leaksOf({ places: PLACES, known: false, every: 12 }), [])
  }).timeout(60_000)

  it('has no leak of a credential of the environment', () => {
    assert.deepEqual(leaksOf({ places: { ...PLACES, ...ENCODED_PLACES }, known: true, every: 24 }), [])
  }).timeout(60_000)
})
