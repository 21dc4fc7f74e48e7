import assert from 'node:assert/strict'

import fc from 'fast-check'

import { Cassette } from '../../src/cassette/cassette.ts'
import { sinceToStored, type StoredSince, withSince } from '../../src/cassette/since.ts'
import type { Chunk, Frame, Since } from '../../src/exchange/exchange.ts'

const chunk = (text: string, since?: Since): Chunk => ({
  data: Buffer.from(text),
  delayMs: 0,
  ...(since && { since }),
})
const frame = (from: Frame['from'], text: string, since?: Since): Frame => ({
  from,
  delayMs: 0,
  kind: 'text',
  data: Buffer.from(text),
  ...(since && { since }),
})

describe('marks of what came after other requests', () => {
  it('are absent if no part has one', () => {
    assert.equal(sinceToStored({ chunks: [chunk('a'), chunk('b')] }), undefined)
  })

  it('name the head, the bytes and the end', () => {
    const chunks = [chunk('ab', ['x']), chunk('c'), chunk('d', ['y', 'z'])]
    assert.deepEqual(sinceToStored({ since: ['w'], chunks, endSince: ['e'] }), [
      ['head', 'w'],
      [0, 'x'],
      [3, 'y', 'z'],
      [4, 'e'],
    ])
  })

  it('of a WebSocket name its entries', () => {
    const frames = [frame('server', 'a'), frame('client', 'b'), frame('server', 'c', ['x'])]
    const stored = sinceToStored({ chunks: [], frames })
    assert.deepEqual(stored, [[2, 'x']])
    assert.deepEqual(
      withSince({ chunks: [], frames: frames.toSpliced(2, 1, frame('server', 'c')) }, stored),
      {
        chunks: [],
        frames,
      },
    )
  })

  it('come back at the same bytes, however the body is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ text: fc.string({ minLength: 1, maxLength: 5 }), marked: fc.boolean() })),
        fc.boolean(),
        fc.integer({ min: 1, max: 7 }),
        (parts, ends, size) => {
          const chunks = parts.map(({ text, marked }, at) => chunk(text, marked ? [`id${at}`] : undefined))
          const response = { chunks, ...(ends && { endSince: ['end'] }) }
          const stored = sinceToStored(response)
          const whole = Buffer.concat(chunks.map(({ data }) => data))
          const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, at) =>
            chunk(whole.toString('latin1', at * size, (at + 1) * size)),
          ).map((one) => ({ ...one, data: Buffer.from(one.data.toString(), 'latin1') }))
          const again = withSince({ chunks: pieces }, stored)
          assert.deepEqual(sinceToStored(again), stored)
          assert.deepEqual(Buffer.concat(again.chunks.map(({ data }) => data)), whole)
        },
      ),
    )
  })

  it('beyond the body belong to the end', () => {
    const { endSince } = withSince<{ chunks: Chunk[]; endSince?: Since }>({ chunks: [chunk('ab')] }, [
      [9, 'x'],
    ])
    assert.deepEqual(endSince, ['x'])
  })

  const file = (since: string): Buffer =>
    Buffer.from(
      `version: 1\ninteractions:\n  - id: a\n    recorded_at: 2026-01-01T00:00:00Z\n` +
        `    request: {method: GET, url: 'http://a/'}\n    response:\n      status: 200\n      since: ${since}\n`,
    )
  const read = (since: string): StoredSince | undefined =>
    Cassette.parse(file(since), 'tape.yaml').entries[0]?.read().response?.since

  it('are read from a file, ids that look like numbers too', () => {
    assert.deepEqual(read('[[head, 1234567890123456], [7, 12e4..b-2]]'), [
      ['head', '1234567890123456'],
      [7, '12e4..b-2'],
    ])
  })

  for (const wrong of [
    'a',
    '[a]',
    '[[head]]',
    '[[-1, a]]',
    '[[1.5, a]]',
    '[[tail, a]]',
    '[[0, [a]]]',
    "[[0, '']]",
  ])
    it(`are refused with file, line and column if they are ${wrong}`, () => {
      assert.throws(() => read(wrong), {
        name: 'CassetteFormatError',
        message: /tape\.yaml:8:\d+[^]*a list of \[head or a byte, ids of interactions\]/,
      })
    })
})
