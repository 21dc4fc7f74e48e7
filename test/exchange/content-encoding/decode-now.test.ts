import assert from 'node:assert/strict'
import {
  constants,
  createGzip,
  deflateRawSync,
  gzipSync,
  brotliCompressSync,
  deflateSync,
  zstdCompressSync,
} from 'node:zlib'

import { decodeContent } from '../../../src/exchange/content-encoding/content-encoding.ts'
import { decodeContentNow } from '../../../src/exchange/content-encoding/decode-now.ts'
import type { Exchange } from '../../../src/exchange/exchange.ts'

const TEXT = 'an answer of some length\n'.repeat(400)
const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )

const exchange = (coding: string, parts: readonly Uint8Array[], more: Partial<Exchange> = {}): Exchange => ({
  recordedAt: '2026-01-01T00:00:00.000Z',
  request: {
    method: 'POST',
    url: 'http://a.example/',
    headers: [['content-encoding', 'gzip']],
    body: gzipSync('asked'),
  },
  response: {
    status: 200,
    headers: [['content-encoding', coding]],
    delayMs: 0,
    chunks: parts.map((data, index) => ({ data, delayMs: index * 10 })),
  },
  ...more,
})

describe('a body that is decoded at once', () => {
  const encoders = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync }

  for (const [coding, encode] of Object.entries(encoders))
    it(`is the same as one that is decoded in turns: ${coding}`, async () => {
      const given = exchange(coding, [encode(TEXT)])
      assert.deepEqual(decodeContentNow(given), await decodeContent(given))
    })

  it('keeps the chunks of a stream that was flushed', async () => {
    const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH })
    const parts: Buffer[] = []
    gzip.on('data', (data: Buffer) => parts.push(data))
    for (const text of ['data: one\n\n', 'data: two\n\n', 'data: three\n\n'])
      await new Promise((resolve) => {
        gzip.write(text, resolve)
      })
    const ended = new Promise((resolve) => {
      gzip.on('end', resolve)
    })
    gzip.end()
    await ended
    const whole = [...parts.slice(0, -2), Buffer.concat(parts.slice(-2))]
    const given = exchange('gzip', whole)
    const now = decodeContentNow(given)
    if (now) assert.deepEqual(now, await decodeContent(given))
    else assert.fail('was left to the other way')
  })

  it('is left to the other way if only that can tell', () => {
    const whole = gzipSync(TEXT)
    const others: [string, Exchange][] = [
      ['cut short', exchange('gzip', [whole.subarray(0, 20)])],
      ['known to be cut', exchange('gzip', [whole], { incomplete: true })],
      ['corrupt', exchange('gzip', [Buffer.from('no gzip at all')])],
      ['with bytes after its end', exchange('gzip', [whole, Buffer.from('rest')])],
      ['bare deflate', exchange('deflate', [deflateRawSync(TEXT)])],
      ['of two codings', exchange('gzip, br', [brotliCompressSync(whole)])],
      ['in chunks that bring nothing out', exchange('gzip', cut(whole, 3))],
    ]
    for (const [name, given] of others) assert.equal(decodeContentNow(given), undefined, name)
  })

  it('is left alone if it has no coding, or one that nobody knows', () => {
    const given = exchange('x-new', [Buffer.from('a')])
    assert.deepEqual(decodeContentNow(given)?.response, given.response)
  })
})
