import assert from 'node:assert/strict'
import fc from 'fast-check'

import { fromInteraction, toInteraction } from '../../../../src/cassette/convert.ts'
import { Cassette } from '../../../../src/cassette/cassette.ts'
import { interactionText } from '../../../../src/cassette/interaction-text.ts'
import { checkBody } from '../../../../src/exchange/body/body.ts'
import { framesFromStored, framesToStored } from '../../../../src/exchange/body/codecs/websocket.ts'
import { StoredBodyError } from '../../../../src/exchange/body/stored-body-error.ts'
import type { Exchange, Frame } from '../../../../src/exchange/exchange.ts'
import { withoutDelays } from '../../../../src/exchange/body/without-delays.ts'
import { runs } from '../../../helpers/runs.ts'

const MATCH = { key: '0'.repeat(64), semantic_key: '0'.repeat(64), on: ['*'], api: 'websocket', v: 1 }

const exchangeOf = (frames: readonly Frame[]): Exchange => ({
  recordedAt: '2026-11-21T08:00:00.000Z',
  request: { method: 'GET', url: 'wss://example.com/', headers: [], body: null },
  response: { status: 101, headers: [], delayMs: 0, chunks: [], frames },
})

const parse = (item: string): Cassette =>
  Cassette.parse(Buffer.from(`version: 1\ninteractions:\n${item}`), 'tape.yaml')

/** Writes the frames into the text of a cassette and reads them back. */
function throughFile(frames: readonly Frame[]): readonly Frame[] {
  const text = interactionText(toInteraction(exchangeOf(frames), MATCH, 'x'))
  const [entry] = parse(text).entries
  assert.ok(entry)
  return fromInteraction(entry.read()).response?.frames ?? []
}

const plain = (frames: readonly Frame[]): unknown[] =>
  frames.map((frame) =>
    'data' in frame ? { ...frame, data: Buffer.from(frame.data).toString('hex') } : { ...frame },
  )

const bytes = (text: string): Uint8Array => Buffer.from(text)
const server = { from: 'server', delayMs: 0 } as const
const client = { from: 'client', delayMs: 0 } as const

const payload = fc.oneof(
  fc.string({ unit: 'binary' }).map((one) => bytes(one.toWellFormed())),
  fc.json().map(bytes),
  fc.jsonValue().map((value) => bytes(JSON.stringify({ value }, null, 2))),
  fc.uint8Array(),
)
const control = fc.oneof(fc.uint8Array({ maxLength: 125 }), fc.string({ maxLength: 20 }).map(bytes))
const content = fc.oneof(
  fc.record({ kind: fc.constantFrom('text' as const, 'binary' as const), data: payload }),
  fc.record({ kind: fc.constantFrom('ping' as const, 'pong' as const), data: control }),
  fc.record({ kind: fc.constant('raw' as const), data: fc.uint8Array() }),
  fc.record({
    kind: fc.constant('close' as const),
    code: fc.integer({ min: 0, max: 65_535 }),
    reason: fc.string({ maxLength: 30 }),
  }),
  fc.constant({ kind: 'close' as const }),
)
const frames = fc.array(
  fc
    .tuple(fc.constantFrom('client' as const, 'server' as const), content)
    .map(([from, what]): Frame => ({ from, delayMs: 0, ...what })),
  { maxLength: 8 },
)

describe('a websocket body', () => {
  it('gives the same bytes back through the file', () => {
    fc.assert(
      fc.property(frames, (said) => assert.deepEqual(plain(throughFile(said)), plain(said))),
      { numRuns: runs(300) },
    )
  })

  it('has a readable entry for each message', () => {
    const { websocket } = framesToStored([
      { ...client, kind: 'text', data: bytes('{"type":"hi"}') },
      { ...server, kind: 'text', data: bytes('{"type":"ho"}'), delayMs: 43 },
      { ...server, kind: 'text', data: bytes('plain') },
      { ...server, kind: 'binary', data: bytes('{"type":"gemini"}') },
      { ...client, kind: 'binary', data: new Uint8Array([0, 1]), delayMs: 500 },
      { ...server, kind: 'text', data: new Uint8Array([0xff]) },
      { ...server, kind: 'ping', data: bytes('still there?') },
      { ...client, kind: 'pong', data: new Uint8Array([0xff]) },
      { ...server, kind: 'raw', data: new Uint8Array([0xff]) },
      { ...client, kind: 'close', code: 1000, reason: 'done' },
      { ...server, kind: 'close' },
    ])
    assert.deepEqual(websocket, [
      { client: { json: { type: 'hi' } } },
      { server: { json: { type: 'ho' }, delay_ms: 40 } },
      { server: { text: 'plain' } },
      { server: { json: { type: 'gemini' }, type: 'binary' } },
      { client: { base64: 'AAE=' } },
      { server: { base64: '/w==', type: 'text' } },
      { server: { ping: 'still there?' } },
      { client: { pong: { base64: '/w==' } } },
      { server: { raw: '/w==' } },
      { client: { close: { code: 1000, reason: 'done' } } },
      { server: { close: {} } },
    ])
  })

  it('has the JSON layout of each side once', () => {
    const said: Frame[] = ['{"a": 1, "b": 2}', '{"a": 3}', '{"c":1}'].flatMap((one) => [
      { ...server, kind: 'text', data: bytes(one) },
      { ...client, kind: 'text', data: bytes(one.replaceAll(' ', '')) },
    ])
    const body = framesToStored(said)
    assert.deepEqual(body.layout, { server: { spaced: true } })
    assert.deepEqual(body.websocket[4], { server: { json: { c: 1 }, spaced: false } })
    assert.deepEqual(plain(framesFromStored(body)), plain(said))
  })

  it('is the same without its delays, however fast the network was', () => {
    const at = (delayMs: number): unknown =>
      withoutDelays(framesToStored([{ ...server, kind: 'text', data: bytes('{"delay_ms":7}'), delayMs }]))
    assert.deepEqual(at(0), at(300))
    assert.deepEqual(at(0), { websocket: [{ server: { json: { delay_ms: 7 } } }] })
  })

  const wrong: Readonly<Record<string, [body: unknown, problem: RegExp]>> = {
    'no list': [{ websocket: {} }, /^body\.websocket: expected a list/],
    'no side': [
      { websocket: [{ text: 'x' }] },
      /^body\.websocket\[0\]: expected a mapping with client or server/,
    ],
    'both sides': [
      { websocket: [{ client: { text: 'x' }, server: { text: 'x' } }] },
      /^body\.websocket\[0\]: expected a mapping with client or server/,
    ],
    'no message': [
      { websocket: [{ client: { said: 'x' } }] },
      /\[0\]\.client: expected a mapping with one of json/,
    ],
    'two forms': [{ websocket: [{ client: { json: 1, text: 'x' } }] }, /\[0\]\.client: expected/],
    'a number for a text': [
      { websocket: [{ client: { text: 1 } }] },
      /\[0\]\.client\.text: expected a string/,
    ],
    'bad base64': [{ websocket: [{ server: { raw: '!' } }] }, /\[0\]\.server\.raw: expected base64/],
    'a type nobody knows': [
      { websocket: [{ server: { text: 'x', type: 'blob' } }] },
      /\[0\]\.server\.type: expected "text" or "binary"/,
    ],
    'a negative delay': [
      { websocket: [{ server: { text: 'x', delay_ms: -1 } }] },
      /delay_ms: expected milli/,
    ],
    'a long ping': [{ websocket: [{ server: { ping: 'x'.repeat(126) } }] }, /ping: expected 125 bytes/],
    'a code that is not a number': [
      { websocket: [{ server: { close: { code: 'x' } } }] },
      /close\.code: expected/,
    ],
    'a reason without a code': [
      { websocket: [{ server: { close: { reason: 'x' } } }] },
      /close\.reason: expected/,
    ],
    'a long reason': [
      { websocket: [{ server: { close: { code: 1000, reason: 'ü'.repeat(62) } } }] },
      /close\.reason: expected 123 bytes/,
    ],
    'a bad layout': [
      { websocket: [], layout: { client: { spaced: 7 } } },
      /layout\.client\.spaced: expected/,
    ],
  }
  for (const [name, [body, problem]] of Object.entries(wrong)) {
    it(`is refused with the place of the fault if it was edited: ${name}`, () => {
      assert.throws(
        () => checkBody(body),
        (error) => error instanceof StoredBodyError && problem.test(error.message),
      )
    })
  }

  it('belongs to a response with status 101 only', () => {
    const text = interactionText(toInteraction(exchangeOf([]), MATCH, 'x')).replace(
      'status: 101',
      'status: 200',
    )
    assert.throws(() => parse(text).entries[0]?.read(), /a websocket body only in a response with status 101/)
  })
})
