import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'

import * as fc from 'fast-check'

import { grpcFrame } from '../../src/exchange/wire/grpc-frame.ts'
import { canonicalize } from '../../src/fingerprint/canonicalize.ts'
import { differences } from '../../src/fingerprint/differences/differences.ts'
import { fingerprint } from '../../src/fingerprint/fingerprint.ts'
import { wireDifferences } from '../../src/fingerprint/differences/wire-differences.ts'
import { bytes, fixed32, fixed64, message, text, varint } from '../helpers/protobuf.ts'
import { runs } from '../helpers/runs.ts'

const URL = 'http://models.example:50051/acme.Chat/Ask'
const call = (body: Uint8Array, headers: Record<string, string> = {}, url = URL) => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/grpc', te: 'trailers', ...headers },
  body,
})
const key = (...args: Parameters<typeof call>): string => fingerprint(call(...args)).matchKey
const hello = message(text(1, 'hello'))

describe('a gRPC call', () => {
  it('is matched by method, host, path and messages', () => {
    const base = key(grpcFrame(hello))
    assert.equal(fingerprint(call(grpcFrame(hello))).api, 'grpc')
    assert.equal(key(grpcFrame(hello)), base)
    assert.notEqual(key(grpcFrame(message(text(1, 'hullo')))), base)
    assert.notEqual(key(Buffer.concat([grpcFrame(hello), grpcFrame(hello)])), base)
    assert.notEqual(key(grpcFrame(hello), {}, URL.replace('Ask', 'Tell')), base)
    assert.notEqual(key(grpcFrame(hello), {}, URL.replace('models', 'other')), base)
  })

  it('ignores metadata, compression, deadline and a free port', () => {
    const base = key(grpcFrame(hello), {}, 'http://localhost:50001/acme.Chat/Ask')
    const other = call(
      grpcFrame(gzipSync(hello), 1),
      {
        'grpc-timeout': '99m',
        'grpc-encoding': 'gzip',
        'user-agent': 'grpc-node-js/2',
        authorization: 'Bearer x',
        'content-type': 'application/grpc+proto',
      },
      'https://127.0.0.1:50002/acme.Chat/Ask',
    )
    assert.equal(fingerprint(other).matchKey, base)
  })

  it('compares messages that do not decompress or are truncated by their bytes', () => {
    const cases = [
      grpcFrame(Buffer.from('?a'), 1),
      grpcFrame(Buffer.from('?b'), 1),
      grpcFrame(Buffer.from('?a'), 0),
      grpcFrame(Buffer.from('?a'), 0).subarray(0, 6),
      grpcFrame(Buffer.from('?a'), 0).subarray(0, 5),
    ]
    assert.equal(new Set(cases.map((body) => key(body))).size, cases.length)
  })

  it('is not affected by a list that was made for chats', () => {
    const options = { matchOn: ['model', 'messages', 'temperature', 'a_field'] }
    assert.doesNotThrow(() => fingerprint(call(grpcFrame(hello)), options))
    assert.notEqual(
      fingerprint(call(grpcFrame(hello)), options).matchKey,
      fingerprint(call(grpcFrame(message(text(1, 'hullo')))), options).matchKey,
    )
  })

  it('has a plain JSON form', () => {
    const canonical = canonicalize(call(grpcFrame(hello)))
    assert.deepEqual(JSON.parse(JSON.stringify(canonical)), canonical)
  })
})

describe('the differences of two gRPC calls', () => {
  const pathsOf = (recorded: Buffer[], incoming: Buffer[]): unknown[] =>
    differences(
      call(Buffer.concat(recorded.map((one) => grpcFrame(one)))),
      call(Buffer.concat(incoming.map((one) => grpcFrame(one)))),
    ).map(({ path, recorded: a, incoming: b }) => [path, a, b])

  it('are named by message and field number', () => {
    const of = (prompt: string, count: number, heat: number) =>
      message(bytes(1, message(text(2, prompt), varint(3, count))), fixed32(4, heat), text(5, 'x'))
    assert.deepEqual(pathsOf([hello, of('hi there', 1, 0.7)], [hello, of('ho there', 2, 0.25)]), [
      ['messages[1].1.2', 'hi there', 'ho there'],
      ['messages[1].1.3', 1, 2],
      ['messages[1].4', 0.7, 0.25],
    ])
  })

  it('of repeated fields are named by index, and added or removed ones are shown whole', () => {
    const of = (...turns: string[]) => message(...turns.map((turn) => bytes(1, message(text(1, turn)))))
    assert.deepEqual(pathsOf([of('a', 'b', 'c')], [of('a', 'B', 'c')]), [['messages[0].1[1].1', 'b', 'B']])
    const added = `base64 ${message(text(1, 'b')).toString('base64')}`
    assert.deepEqual(pathsOf([of('a', 'c')], [of('a', 'b', 'c')]), [['messages[0].1[1]', undefined, added]])
    assert.deepEqual(pathsOf([hello], [hello, hello]), [['messages[1]', undefined, hello.toString('base64')]])
  })

  it('distinguish short words from messages', () => {
    assert.deepEqual(pathsOf([message(text(1, 'hi'))], [message(text(1, 'ho'))]), [
      ['messages[0].1', 'hi', 'ho'],
    ])
  })

  it('are named by byte if the bytes are not a message or only the encoding differs', () => {
    const [recorded, incoming] = [Buffer.from('0-no-message'), Buffer.from('0-NO-message')]
    assert.deepEqual(pathsOf([recorded], [incoming]), [
      [
        'messages[0]@2',
        `base64 ${recorded.subarray(2).toString('base64')}`,
        `base64 ${incoming.subarray(2).toString('base64')}`,
      ],
    ])
    const ordered = [message(varint(1, 1), varint(2, 2)), message(varint(2, 2), varint(1, 1))] as const
    assert.deepEqual(
      pathsOf([ordered[0]], [ordered[1]]).map((one) => (one as unknown[])[0]),
      ['messages[0]@0'],
    )
  })

  it('are never empty if the bytes differ', () => {
    const piece = fc.oneof(
      fc
        .tuple(fc.integer({ min: 1, max: 40 }), fc.string({ maxLength: 12 }))
        .map(([n, value]) => text(n, value)),
      fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat()).map(([n, value]) => varint(n, value)),
      fc.tuple(fc.integer({ min: 1, max: 40 }), fc.double()).map(([n, value]) => fixed64(n, value)),
      fc
        .tuple(fc.integer({ min: 1, max: 40 }), fc.string())
        .map(([n, value]) => bytes(n, message(text(1, value)))),
      fc.uint8Array({ maxLength: 4 }).map((raw) => Buffer.from(raw)),
    )
    const some = fc.array(piece, { maxLength: 5 }).map((pieces) => Buffer.concat(pieces))
    fc.assert(
      fc.property(some, some, (a, b) => {
        assert.equal(wireDifferences('m', a, b).length > 0, !a.equals(b))
        assert.deepEqual(wireDifferences('m', a, Buffer.from(a)), [])
      }),
      { numRuns: runs(2000) },
    )
  })
})
