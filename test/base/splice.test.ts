import assert from 'node:assert/strict'

import fc from 'fast-check'

import { splice } from '../../src/base/splice.ts'

describe('edits of bytes', () => {
  it('are the same however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme-ascii' }),
        fc.array(
          fc.tuple(fc.integer({ min: 0, max: 29 }), fc.string({ maxLength: 4, unit: 'grapheme-ascii' })),
          { maxLength: 4 },
        ),
        fc.integer({ min: 1, max: 9 }),
        (text, given, size) => {
          const whole = Buffer.from(text)
          const starts = [...new Set(given.map(([start]) => start % whole.length))].toSorted((a, b) => a - b)
          const edits = starts.map((start, at) => ({
            start,
            end: Math.min(start + 3, starts[at + 1] ?? whole.length),
            text: Buffer.from(given[at]?.[1] ?? ''),
          }))
          let expected = ''
          let from = 0
          for (const edit of edits) {
            expected += text.slice(from, edit.start) + edit.text.toString()
            from = edit.end
          }
          expected += text.slice(from)
          let made = ''
          for (let at = 0; at < whole.length; at += size)
            made += Buffer.from(splice(whole.subarray(at, at + size), at, edits)).toString()
          assert.equal(made, expected)
        },
      ),
    )
  })
})
