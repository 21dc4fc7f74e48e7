import assert from 'node:assert/strict'
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'

import * as fc from 'fast-check'

import { decodeBody, encodeBody } from '../../src/exchange/body/body.ts'
import { plainGrpc } from '../../src/exchange/content-encoding/grpc-content.ts'
import { grpcFrame, isGrpc, splitGrpc } from '../../src/exchange/wire/grpc-frame.ts'
import { withoutDelays } from '../../src/exchange/body/without-delays.ts'
import { describeBodyCodec } from './body-codec-conformance.ts'
import { cut, cuts, join, whole } from './chunks.ts'

const GRPC = 'application/grpc'

const hello = grpcFrame(Buffer.from('\n\u0005hello', 'latin1'))

describeBodyCodec({
  form: 'grpc',
  contentType: GRPC,
  samples: [
    hello,
    grpcFrame(Buffer.alloc(0)),
    Buffer.concat([hello, grpcFrame(Buffer.from([255, 0])), grpcFrame(Buffer.alloc(0)), hello]),
    Buffer.concat([hello, grpcFrame(gzipSync('hello'), 1)]),
    Buffer.concat([hello, hello.subarray(0, 3)]),
    Buffer.concat([hello, hello.subarray(0, 7)]),
    Buffer.concat([hello, grpcFrame(Buffer.from('grpc-status: 0\r\n'), 0x80)]),
    grpcFrame(Buffer.alloc(900_000, 7)),
  ],
  arbitrary: fc
    .array(
      fc.oneof(
        fc.uint8Array({ maxLength: 30 }).map((message) => grpcFrame(message)),
        fc
          .tuple(fc.uint8Array({ maxLength: 30 }), fc.nat({ max: 255 }))
          .map(([m, flag]) => grpcFrame(m, flag)),
        fc.uint8Array({ maxLength: 8 }),
      ),
      { maxLength: 5 },
    )
    .map((frames) => Buffer.concat(frames)),
  malformed: [
    [{ grpc: 1 }, ['grpc']],
    [{ grpc: [1] }, ['grpc', 0]],
    [{ grpc: [{ json: {} }] }, ['grpc', 0]],
    [{ grpc: [{ base64: '*' }] }, ['grpc', 0, 'base64']],
    [{ grpc: [{ base64: '', delay_ms: -1 }] }, ['grpc', 0, 'delay_ms']],
    [{ grpc: [{ base64: '', compressed: 'yes' }] }, ['grpc', 0, 'compressed']],
    [{ grpc: [{ raw: ['YQ=='] }] }, ['grpc', 0, 'raw']],
    [{ grpc: [{ raw: '?' }] }, ['grpc', 0, 'raw']],
  ],
  events: true,
})

describe('gRPC messages', () => {
  it('are recognised by their content type', () => {
    for (const type of [
      'application/grpc',
      'application/grpc+proto',
      'Application/gRPC; x=y',
      'application/grpc-web+proto',
    ])
      assert.ok(isGrpc(type), type)
    for (const type of [
      'application/grpcx',
      'application/grpc-web-text',
      'application/grpc-web-text+proto',
      undefined,
    ])
      assert.ok(!isGrpc(type), type)
  })

  it('are stored one by one, each with its delay and its JSON', () => {
    const chunks = [
      { data: hello.subarray(0, 4), delayMs: 20 },
      { data: Buffer.concat([hello.subarray(4), hello]), delayMs: 30 },
    ]
    const messageReader = (message: Uint8Array) => ({ text: Buffer.from(message.subarray(2)).toString() })
    const stored = encodeBody(chunks, { contentType: GRPC, messageReader })
    const entry = { json: { text: 'hello' }, base64: 'CgVoZWxsbw==' }
    assert.deepEqual(stored, { grpc: [{ delay_ms: 50, ...entry }, entry] })
    assert.deepEqual(withoutDelays(stored), { grpc: [entry, entry] })
  })

  it('are read from their bytes, whatever their JSON says', () => {
    const edited = { grpc: [{ json: { text: 'edited' }, base64: 'CgVoZWxsbw==' }] }
    assert.deepEqual(join(decodeBody(edited)), hello)
  })
})

describe('compressed gRPC messages', () => {
  const headers = [['content-type', GRPC]] as const
  const exchangeOf = (body: Uint8Array, chunks = whole(body), coding = 'gzip') => ({
    recordedAt: '',
    request: { method: 'POST', url: 'http://a/b/c', headers, body },
    response: { status: 200, headers: [...headers, ['grpc-encoding', coding] as const], delayMs: 0, chunks },
  })
  const message = Buffer.from('\n\u0005hello', 'latin1')
  const gzipped = Buffer.concat([
    grpcFrame(gzipSync(message), 1),
    hello,
    grpcFrame(gzipSync(message), 1),
    grpcFrame(gzipSync(message), 1),
  ])
  const plain = Buffer.concat([hello, hello, hello, hello])

  it('are decompressed in requests and in responses', () => {
    const { request, response } = plainGrpc(exchangeOf(gzipped))
    assert.deepEqual(request.body, plain)
    assert.deepEqual(join(response?.chunks ?? []), plain)
  })

  it('are recognised by their bytes in a request, by the header in a response', () => {
    for (const [coding, compress] of Object.entries({
      gzip: gzipSync,
      deflate: deflateSync,
      zstd: zstdCompressSync,
    })) {
      const body = grpcFrame(compress(message), 1)
      assert.deepEqual(plainGrpc(exchangeOf(body, whole(body), coding)).response?.chunks[0]?.data, hello)
      for (const other of ['identity', 'snappy', coding === 'gzip' ? 'deflate' : 'gzip']) {
        const { request, response } = plainGrpc(exchangeOf(body, whole(body), other))
        assert.deepEqual(request.body, hello)
        assert.deepEqual(response?.chunks[0]?.data, body)
      }
    }
  })

  it('come whole, in the chunk that ended them, and keep their time', () => {
    fc.assert(
      fc.property(cuts(), (places) => {
        const chunks = cut(gzipped, places).map(({ data }, after) => ({ data, delayMs: 10, after }))
        const out = plainGrpc(exchangeOf(gzipped, chunks)).response?.chunks ?? []
        assert.deepEqual(join(out), plain)
        for (const { data } of out) assert.equal(splitGrpc(data).rest.length, 0)
        assert.equal(
          out.reduce((sum, { delayMs }) => sum + delayMs, 0),
          chunks.slice(0, (out.at(-1)?.after ?? 0) + 1).length * 10,
        )
      }),
    )
  })

  it('stay as they are if they cannot be decompressed', () => {
    const broken = gzipSync(message)
    broken[12]! ^= 255
    for (const bytes of [broken, Buffer.from('snappy, say'), Buffer.alloc(0)]) {
      const exchange = exchangeOf(Buffer.concat([grpcFrame(bytes, 1), hello.subarray(0, 4)]))
      assert.equal(plainGrpc(exchange), exchange)
    }
  })

  it('are left alone under other content types', () => {
    const exchange = {
      recordedAt: '',
      request: { method: 'POST', url: 'http://a/', headers: [], body: gzipped },
    }
    assert.equal(plainGrpc(exchange), exchange)
  })
})
