import assert from 'node:assert/strict'

import { readTap } from '../../../scripts/suites/tap.ts'

describe('reading a TAP report', () => {
  it('takes the results of mocha', () => {
    assert.deepEqual(
      readTap('1..2\nok 1 a group a test\nnot ok 2 a group another\n  Error: no\nok 3 late # SKIP -\n'),
      [
        { title: 'a group a test', passed: true },
        { title: 'a group another', passed: false },
        { title: 'late', passed: undefined },
      ],
    )
  })

  it('names a test of node:test with the tests that hold it, and leaves those out', () => {
    const report = [
      'TAP version 13',
      '# Subtest: outer',
      '    # Subtest: inner',
      '    not ok 1 - inner',
      '      ---',
      '      ok: 1',
      '      ...',
      '    1..1',
      'not ok 1 - outer',
      '# Subtest: alone',
      'ok 2 - alone',
    ]
    assert.deepEqual(readTap(report.join('\n')), [
      { title: 'outer > inner', passed: false },
      { title: 'alone', passed: true },
    ])
  })
})
