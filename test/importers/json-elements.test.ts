import assert from 'node:assert/strict'

import fc from 'fast-check'

import { jsonElements } from '../../src/importers/json-elements.ts'

/** A text in pieces of these lengths, again and again. */
function* pieces(text: string, lengths: readonly number[]): Generator<Buffer, void, void> {
  const bytes = Buffer.from(text)
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1
    yield bytes.subarray(at, at + length)
    at += length
  }
}

const elements = (text: string, path: readonly string[], lengths: readonly number[]): unknown[] =>
  [...jsonElements(pieces(text, lengths), path)].map((bytes) => JSON.parse(bytes.toString()) as unknown)

const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })

describe('jsonElements', () => {
  it('finds the elements of an array by its path, however the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), lengths, (list, other, cuts) => {
        const text = JSON.stringify(
          { entries: [0], log: { pages: [[other]], entries: list, more: other } },
          null,
          1,
        )
        assert.deepEqual(elements(text, ['log', 'entries'], cuts), JSON.parse(JSON.stringify(list)))
        assert.deepEqual(elements(JSON.stringify(list), [], cuts), JSON.parse(JSON.stringify(list)))
      }),
    )
  })

  it('finds nothing where there is no such array', () => {
    for (const text of ['', '{}', '[]', '{"log":{"entries":{}}}', '{"log":[{"entries":[1]}]}', '"log"'])
      assert.deepEqual(elements(text, ['log', 'entries'], [7]), [], text)
  })
})
