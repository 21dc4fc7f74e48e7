import assert from 'node:assert/strict'

import { failsHere, reasonFor } from '../../../scripts/suites/compare.ts'

describe('comparing two runs of a suite', () => {
  it('takes what fails here and does not fail in a plain process', () => {
    const plain = new Map([
      ['same', false],
      ['worse', true],
      ['good', true],
    ])
    const here = new Map([
      ['same', false],
      ['worse', false],
      ['good', true],
      ['(the process)', false],
    ])
    assert.deepEqual(failsHere(plain, here), ['worse', '(the process)'])
  })

  it('finds the reason of a known failure by its file, title and setting', () => {
    const known = [
      { file: 'a.js', title: 'one', only: 'recording' as const, reason: 'stated' },
      { file: 'b.js', reason: 'internals' },
    ]
    assert.equal(reasonFor(known, { file: 'a.js', title: 'one', setting: 'recording' }), 'stated')
    assert.equal(reasonFor(known, { file: 'a.js', title: 'one', setting: 'idle' }), undefined)
    assert.equal(reasonFor(known, { file: 'a.js', title: 'two', setting: 'recording' }), undefined)
    assert.equal(reasonFor(known, { file: 'b.js', title: 'any', setting: 'idle' }), 'internals')
  })
})
