import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'

import type { FrameContent } from '../../../src/exchange/exchange.ts'
import { frameBytes, FrameReader } from '../../../src/protocols/websocket/frames.ts'
import { stopwatch } from '../../helpers/stopwatch.ts'
import { runs } from '../../helpers/runs.ts'

const bytes = (...parts: (number | string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part))))

/** The frames read from `wire`, split into pieces of these lengths (the last: the rest). */
function told(from: 'client' | 'server', wire: Buffer, lengths: readonly number[] = []): FrameContent[] {
  const frames: FrameContent[] = []
  const reader = new FrameReader(from, (frame) => frames.push(frame))
  let at = 0
  for (const length of lengths) {
    reader.write(wire.subarray(at, at + length))
    at += length
  }
  reader.write(wire.subarray(at))
  reader.end()
  return frames
}

const plain = (frames: readonly FrameContent[]): unknown[] =>
  frames.map((frame) =>
    'data' in frame ? { ...frame, data: Buffer.from(frame.data).toString('hex') } : { ...frame },
  )

/** A frame as a client writes it. */
function masked(frame: Buffer): Buffer {
  const size = frame[1] === 127 ? 10 : frame[1] === 126 ? 4 : 2
  const [head, payload, mask] = [
    Buffer.from(frame.subarray(0, size)),
    Buffer.from(frame.subarray(size)),
    randomBytes(4),
  ]
  head[1] = (head[1] ?? 0) | 0x80
  for (let at = 0; at < payload.length; at++) payload[at] = (payload[at] ?? 0) ^ (mask[at % 4] ?? 0)
  return bytes(head, mask, payload)
}

const data = fc.uint8Array({ maxLength: 70_000, size: 'max' })
const frame: fc.Arbitrary<FrameContent> = fc.oneof(
  fc.record({ kind: fc.constantFrom('text' as const, 'binary' as const), data }),
  fc.record({
    kind: fc.constantFrom('ping' as const, 'pong' as const),
    data: fc.uint8Array({ maxLength: 125 }),
  }),
  fc.record({
    kind: fc.constant('close' as const),
    code: fc.integer({ min: 0, max: 65_535 }),
    reason: fc.string({ maxLength: 30, unit: 'grapheme' }).filter((text) => Buffer.byteLength(text) <= 123),
  }),
  fc.constant<FrameContent>({ kind: 'close' }),
)

describe('the frames of a WebSocket', () => {
  it('are read as they were written by either side, however the bytes are split', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), fc.array(fc.nat({ max: 300 })), (frames, lengths) => {
        const server = frames.map(frameBytes)
        assert.deepEqual(plain(told('server', bytes(...server), lengths)), plain(frames))
        assert.deepEqual(plain(told('client', bytes(...server.map(masked)), lengths)), plain(frames))
      }),
      { numRuns: runs(200) },
    )
  })

  it('are joined if a message is fragmented, and pings between the fragments are reported at once', () => {
    const wire = bytes(0x01, 3, 'one', 0x89, 1, '?', 0x00, 4, ' two', 0x80, 6, ' three', 0x02, 1, 7, 0x80, 0)
    const wanted = [
      { kind: 'ping', data: Buffer.from('?') },
      { kind: 'text', data: Buffer.from('one two three') },
      { kind: 'binary', data: Buffer.from([7]) },
    ] satisfies FrameContent[]
    for (let cut = 0; cut <= wire.length; cut++)
      assert.deepEqual(plain(told('server', wire, [cut])), plain(wanted))
  })

  it('of 16 MB are read fast enough, piece by piece', () => {
    const big = randomBytes(16 * 1024 * 1024)
    const wire = frameBytes({ kind: 'binary', data: big })
    const elapsed = stopwatch()
    const [one, ...more] = told(
      'server',
      wire,
      Array.from({ length: 256 }, () => 65_536),
    )
    assert.ok(one?.kind === 'binary' && big.equals(one.data))
    assert.deepEqual(more, [])
    assert.ok(elapsed() < 5000)
  })

  const hello = bytes(0x81, 2, 'hi')
  const wrong: Readonly<Record<string, Buffer>> = {
    'reserved bits': bytes(0xc1, 1, 'x'),
    'a reserved opcode': bytes(0x83, 1, 'x'),
    'a reserved control opcode': bytes(0x8b, 0),
    'a control frame in fragments': bytes(0x09, 0),
    'a control frame that is too long': bytes(0x89, 126, 0, 126, Buffer.alloc(126)),
    'a close of one byte': bytes(0x88, 1, 3),
    'a close whose reason is not UTF-8': bytes(0x88, 3, 3, 0xe8, 0xff),
    'a continuation of nothing': bytes(0x80, 1, 'x'),
    'a length beyond all numbers': bytes(0x81, 127, Buffer.alloc(8, 0xff), 'x'),
    'a frame that is cut short': bytes(0x81, 5, 'abc'),
    'a head that is cut short': bytes(0x81),
    'a mask where none may be': bytes(0x81, 0x81, 1, 2, 3, 4, 5),
  }
  for (const [name, rest] of Object.entries(wrong)) {
    it(`${name}: reported as raw bytes, and so is everything after it`, () => {
      const wire = bytes(hello, rest)
      for (let cut = 0; cut <= wire.length; cut++) {
        const [first, ...others] = told('server', wire, [cut])
        assert.deepEqual(plain(first ? [first] : []), plain([{ kind: 'text', data: Buffer.from('hi') }]))
        assert.ok(others.every(({ kind }) => kind === 'raw'))
        assert.deepEqual(bytes(...others.map((one) => ('data' in one ? one.data : ''))), rest)
      }
    })
  }

  it('a message inside another: reported as raw bytes, with the fragments before it', () => {
    const wire = bytes(0x01, 3, 'one', 0x81, 3, 'two')
    assert.deepEqual(plain(told('server', wire)), plain([{ kind: 'raw', data: wire }]))
  })
})
