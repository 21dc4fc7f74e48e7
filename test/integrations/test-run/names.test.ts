import assert from 'node:assert/strict'

import fc from 'fast-check'

import { fileNameOf, folderOf, Occurrences } from '../../../src/integrations/test-run/names.ts'
import { runs } from '../../helpers/runs.ts'

describe('the names of test cassettes', () => {
  it('contain the titles if possible', () => {
    assert.equal(
      fileNameOf({ suites: ['outer', 'inner one'], title: 'adds v1.2' }),
      'outer--inner-one--adds-v1.2.yaml',
    )
    assert.equal(folderOf('/app/test/a/b.test.ts', '/app'), 'test/a/b.test.ts')
    assert.match(folderOf('/elsewhere/b.test.ts', '/app'), /^up\/elsewhere\/b\.test\.ts-[0-9a-f]{8}$/)
  })

  it('hold no key that a title has', () => {
    const name = fileNameOf({
      suites: ['with a key'],
      title: 'sk-proj-abcdefghijklmnop1234567890abcdefgh works',
    })
    assert.equal(name, 'with-a-key--REDACTED-works.yaml')
  })

  it('are unique, stay inside the folder, and are short enough for a file system', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.stringMatching(/^[ab ./-]{0,6}$/),
      fc.constantFrom('..', '/', '', 'con', 'é'.repeat(300), 'x'.repeat(5000)),
    )
    const test = fc.record({
      suites: fc.array(
        text.filter((one) => one !== ''),
        { maxLength: 3 },
      ),
      title: text,
    })
    fc.assert(
      fc.property(test, test, (a, b) => {
        for (const name of [fileNameOf(a), fileNameOf(b)]) {
          assert.match(name, /^[^/\\\0.][^/\\\0]*\.yaml$/)
          assert.ok(Buffer.byteLength(name) <= 200)
        }
        const same = JSON.stringify(a) === JSON.stringify(b)
        assert.equal(fileNameOf(a) === fileNameOf(b), same)
      }),
      { numRuns: runs(2000) },
    )
  })

  it('get a number if two are equal or differ only in case', () => {
    const seen = new Occurrences()
    const counts = ['asks', 'Asks', 'asks twice', 'ASKS'].map((title) =>
      seen.next({ file: '/tests/a.test.js', suites: [], title }),
    )
    assert.deepEqual(counts, [1, 2, 1, 3])
  })
})
