import assert from 'node:assert/strict'

import fc from 'fast-check'

import { turnsOf, withTurns } from '../../src/cassette/turns.ts'
import type { Chunk } from '../../src/exchange/exchange.ts'

const chunk = (text: string, after?: number): Chunk => ({
  data: Buffer.from(text),
  delayMs: 0,
  ...(after === undefined ? {} : { after }),
})
const texts = (chunks: readonly Chunk[]): unknown[] =>
  chunks.map(({ data, after }) => [Buffer.from(data).toString(), after])

describe('turns of a conversation', () => {
  it('do not exist if the answer came after the whole request', () => {
    assert.equal(turnsOf({ chunks: [chunk('a')] }), undefined)
  })

  it('begin at the byte before which the client had sent more', () => {
    const chunks = [chunk('ab', 1), chunk('c', 1), chunk('d', 2), chunk('e')]
    assert.deepEqual(turnsOf({ after: 0, chunks }), [
      [0, 1],
      [3, 2],
      [4, 'all'],
    ])
  })

  it('include one for the end', () => {
    assert.deepEqual(turnsOf({ after: 1, chunks: [chunk('ab', 1)], endAfter: 3 }), [
      [0, 1],
      [2, 3],
    ])
    assert.deepEqual(turnsOf({ after: 1, chunks: [chunk('ab', 1)] }), [
      [0, 1],
      [2, 'all'],
    ])
    assert.deepEqual(turnsOf({ after: 1, chunks: [], endAfter: 1 }), [[0, 1]])
  })

  it('cut chunks that a codec joined', () => {
    const { chunks, endAfter } = withTurns(
      [chunk('abcd'), chunk('ef')],
      [
        [0, 1],
        [3, 2],
        [5, 'all'],
      ],
    )
    assert.deepEqual(texts(chunks), [
      ['abc', 1],
      ['d', 2],
      ['e', 2],
      ['f', undefined],
    ])
    assert.equal(endAfter, undefined)
  })

  it('end as recorded if a hand edit made the body shorter', () => {
    const { chunks, endAfter } = withTurns(
      [chunk('ab')],
      [
        [0, 1],
        [90, 7],
      ],
    )
    assert.deepEqual(texts(chunks), [['ab', 1]])
    assert.equal(endAfter, 7)
  })

  it('come back unchanged, however the body is cut into chunks', () => {
    const spoken = fc.array(fc.tuple(fc.string({ minLength: 1, maxLength: 8 }), fc.nat(3)), { maxLength: 12 })
    fc.assert(
      fc.property(spoken, fc.nat(3), fc.boolean(), (parts, last, whole) => {
        let after = 0
        const chunks = parts.map(([text, more]) => chunk(text, (after += more)))
        const end = whole ? {} : { endAfter: after + last }
        const turns = turnsOf({ after: 0, chunks, ...end }) ?? []
        const bytes = Buffer.concat(chunks.map(({ data }) => data))
        const back = withTurns(bytes.length > 0 ? [{ data: bytes, delayMs: 0 }] : [], turns)
        const perByte = (list: readonly Chunk[]): unknown[] =>
          list.flatMap(({ data, after: units }) => Array.from(data, (byte) => [byte, units]))
        assert.deepEqual(perByte(back.chunks), perByte(chunks))
        assert.equal(back.endAfter, whole ? undefined : after + last)
      }),
    )
  })
})
