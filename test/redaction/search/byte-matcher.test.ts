import assert from 'node:assert/strict'
import fc from 'fast-check'
import { compileMatcher } from '../../../src/redaction/search/byte-matcher.ts'
import { runs } from '../../helpers/runs.ts'

const find = (text: string, ...patterns: string[]): string[] =>
  compileMatcher(patterns.map((pattern) => Buffer.from(pattern)))
    .find(Buffer.from(text))
    .map(({ start, end, pattern }) => `${start}-${end} ${patterns[pattern]}`)

describe('compileMatcher', () => {
  it('finds each pattern wherever it is', () => {
    assert.deepEqual(find('one two three two', 'two', 'three'), ['4-7 two', '8-13 three', '14-17 two'])
  })

  it('gives the longest of several patterns that start at the same place', () => {
    assert.deepEqual(find('xabcdefgh', 'abcdef', 'abcd', 'abcdefgh'), ['1-9 abcdefgh'])
  })

  it('gives overlapping matches of different patterns, and one match for overlapping ones of a pattern', () => {
    assert.deepEqual(find('abcdef', 'abcd', 'cdef'), ['0-4 abcd', '2-6 cdef'])
    assert.deepEqual(find('aaaaaa', 'aaaa'), ['0-6 aaaa'])
  })

  it('finds nothing if there is no match', () => {
    assert.deepEqual(find('abc'), [])
    assert.deepEqual(find('', 'abc'), [])
    assert.deepEqual(find('ab', 'abc'), [])
    assert.deepEqual(find('abd aabb', 'abc'), [])
  })

  it('covers exactly the bytes that a naive search covers', () => {
    // A small alphabet, so that patterns overlap and share blocks.
    const word = fc.string({ minLength: 3, maxLength: 9, unit: fc.constantFrom('a', 'b', 'A', '\u00e9') })
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 6 }),
        fc.array(word, { maxLength: 12 }),
        (patterns, words) => {
          const bytes = Buffer.from(words.join(''))
          const encoded = patterns.map((pattern) => Buffer.from(pattern))
          const naive = new Set<number>()
          for (const pattern of encoded) {
            for (let at = bytes.indexOf(pattern); at !== -1; at = bytes.indexOf(pattern, at + 1)) {
              for (let offset = 0; offset < pattern.length; offset += 1) naive.add(at + offset)
            }
          }
          const found = new Set<number>()
          for (const { start, end } of compileMatcher(encoded).find(bytes)) {
            for (let at = start; at < end; at += 1) found.add(at)
          }
          assert.deepEqual(
            [...found].toSorted((a, b) => a - b),
            [...naive].toSorted((a, b) => a - b),
          )
        },
      ),
      { numRuns: runs(500) },
    )
  })
})
