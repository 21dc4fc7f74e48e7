import assert from 'node:assert/strict'
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateRawSync,
  zstdCompressSync,
} from 'node:zlib'
import * as fc from 'fast-check'
import { decodeChunks } from '../../../src/exchange/content-encoding/content-codings.ts'
import { decodeContent, encodeContent } from '../../../src/exchange/content-encoding/content-encoding.ts'
import { headerValue } from '../../../src/exchange/headers.ts'
import type { Chunk, Exchange, HeaderPairs } from '../../../src/exchange/exchange.ts'
import { cut, cuts, join, whole } from '../chunks.ts'
import { flushedChunks, inflateAll } from '../zlib-oracle.ts'

const text = Buffer.from('{"text":"Grüße, Grüße, Grüße"}')

const compressed: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['gzip', gzipSync(text)],
  ['x-gzip', gzipSync(text)],
  ['GZIP', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['br', brotliCompressSync(text)],
  ['zstd', zstdCompressSync(text)],
  ['gzip, br', brotliCompressSync(gzipSync(text))],
  ['identity, gzip', gzipSync(text)],
]

interface Given {
  readonly coding?: string
  readonly chunks: readonly Chunk[]
  readonly method?: string
  readonly status?: number
  readonly length?: number
  readonly more?: Partial<Exchange>
}

function exchangeOf({ coding, chunks, method = 'GET', status = 200, length, more = {} }: Given): Exchange {
  const headers: HeaderPairs = [
    ['Content-Type', 'text/plain'],
    ...(coding === undefined ? [] : [['Content-Encoding', coding] as const]),
    ...(length === undefined ? [] : [['Content-Length', String(length)] as const]),
    ['X-Last', '1'],
  ]
  return {
    recordedAt: '2026-11-21T00:00:00.000Z',
    request: { method, url: 'http://a.test/', headers: [], body: null },
    response: { status, headers, delayMs: 0, chunks },
    ...more,
  }
}

const chunksOf = (exchange: Exchange): readonly Chunk[] => exchange.response?.chunks ?? []
const lengthOf = (exchange: Exchange): string | undefined =>
  headerValue(exchange.response?.headers ?? [], 'content-length')

describe('decodeContent', () => {
  for (const [coding, bytes] of compressed) {
    it(`undoes ${coding}, and encodeContent redoes it with the right length`, async () => {
      const exchange = exchangeOf({ coding, chunks: whole(bytes), length: bytes.length })
      const decoded = await decodeContent(exchange)
      assert.deepEqual(join(chunksOf(decoded)), text)
      assert.equal(decoded.response?.contentDecoded, true)
      assert.deepEqual(decoded.response?.headers, exchange.response?.headers)
      const wire = await encodeContent(decoded)
      assert.equal(wire.response?.contentDecoded, undefined)
      assert.deepEqual(inflateAll(join(chunksOf(wire)), coding), text)
      assert.equal(lengthOf(wire), String(join(chunksOf(wire)).length))
      assert.deepEqual(
        wire.response?.headers.map(([name]) => name),
        exchange.response?.headers.map(([name]) => name),
      )
    })
  }

  it('undoes bare deflate, as some servers send it', async () => {
    const decoded = await decodeContent(
      exchangeOf({ coding: 'deflate', chunks: whole(deflateRawSync(text)) }),
    )
    assert.deepEqual(join(chunksOf(decoded)), text)
    assert.equal(decoded.response?.bareDeflate, true)
  })

  it('marks bare deflate, so that encodeContent makes it bare again, alone and inside another coding', async () => {
    for (const [coding, bytes] of [
      ['deflate', deflateRawSync(text)],
      ['deflate, gzip', gzipSync(deflateRawSync(text))],
    ] as const) {
      const exchange = exchangeOf({ coding, chunks: whole(bytes), length: bytes.length })
      const wire = await encodeContent(await decodeContent(exchange))
      assert.equal(wire.response?.bareDeflate, undefined)
      const made = join(chunksOf(wire))
      assert.deepEqual(inflateRawSync(coding === 'deflate' ? made : gunzipSync(made)), text)
      assert.equal(lengthOf(wire), String(made.length))
    }
    const request = {
      method: 'POST',
      url: 'http://a.test/',
      headers: [['content-encoding', 'deflate']] as const,
    }
    const exchange = exchangeOf({
      chunks: [],
      more: { request: { ...request, body: deflateRawSync(text) } },
    })
    const decoded = await decodeContent(exchange)
    assert.deepEqual(decoded.request.body, text)
    const wire = await encodeContent(decoded)
    assert.deepEqual(inflateRawSync(wire.request.body ?? Buffer.alloc(0)), text)
  })

  it('leaves a body alone that has bare deflate inside deflate', async () => {
    const exchange = exchangeOf({
      coding: 'deflate, deflate',
      chunks: whole(deflateRawSync(deflateSync(text))),
    })
    assert.equal(await decodeContent(exchange), exchange)
  })

  it('undoes the codings of several headers, in order', async () => {
    const exchange = exchangeOf({ coding: 'gzip', chunks: whole(zstdCompressSync(gzipSync(text))) })
    const response = {
      ...exchange.response!,
      headers: [...exchange.response!.headers, ['content-encoding', 'zstd'] as const],
    }
    assert.deepEqual(join(chunksOf(await decodeContent({ ...exchange, response }))), text)
  })

  it('undoes several gzip members in one body', async () => {
    const chunks = whole(Buffer.concat([gzipSync('one '), gzipSync('two')]))
    assert.equal(
      join(chunksOf(await decodeContent(exchangeOf({ coding: 'gzip', chunks })))).toString(),
      'one two',
    )
  })

  it('works on request bodies', async () => {
    const headers: HeaderPairs = [
      ['content-encoding', 'gzip'],
      ['content-length', '1'],
    ]
    const request = { method: 'POST', url: 'http://a.test/', headers, body: gzipSync(text) }
    const decoded = await decodeContent({ recordedAt: '', request })
    assert.deepEqual(Buffer.from(decoded.request.body ?? []), text)
    assert.equal(decoded.request.contentDecoded, true)
    const wire = await encodeContent(decoded)
    assert.deepEqual(inflateAll(Buffer.from(wire.request.body ?? []), 'gzip'), text)
    assert.equal(headerValue(wire.request.headers, 'content-length'), String(wire.request.body?.byteLength))
    assert.equal(wire.request.contentDecoded, undefined)
  })

  it('leaves a body alone that is not what its header says', async () => {
    const gzipped = gzipSync(text)
    const flipped = Buffer.from(gzipped)
    flipped[gzipped.length - 6] = (flipped[gzipped.length - 6] ?? 0) ^ 0xff
    const bodies: readonly (readonly [coding: string, bytes: Buffer])[] = [
      ...compressed
        .filter(([coding]) => !coding.includes(','))
        .map(([coding, bytes]) => [coding, bytes.subarray(0, -1)] as const),
      ...compressed.map(([coding]) => [coding, Buffer.from('not compressed at all')] as const),
      ...compressed.map(
        ([coding, bytes]) => [coding, Buffer.concat([bytes, Buffer.from('and more')])] as const,
      ),
      ['gzip', flipped],
      ['gzip', Buffer.from([0x1f])],
      ['br, gzip', gzipped],
      ['compress', gzipped],
      ['gzip, aws-chunked', gzipped],
      ['gzip, gzip, gzip, gzip, gzip, gzip', gzipped],
    ]
    for (const [coding, bytes] of bodies) {
      const exchange = exchangeOf({ coding, chunks: whole(bytes), length: bytes.length })
      assert.equal(await decodeContent(exchange), exchange, `${coding} ${bytes.toString('hex')}`)
      assert.deepEqual(await encodeContent(exchange), exchange)
    }
  })

  it('leaves a body alone that is empty, plain or already decoded', async () => {
    for (const exchange of [
      exchangeOf({ coding: 'gzip', chunks: [], length: 0 }),
      exchangeOf({ coding: 'gzip', chunks: whole(''), length: 0 }),
      exchangeOf({ coding: 'identity', chunks: whole(text) }),
      exchangeOf({ chunks: whole(text) }),
      await decodeContent(exchangeOf({ coding: 'gzip', chunks: whole(gzipSync(text)) })),
    ]) {
      assert.equal(await decodeContent(exchange), exchange)
    }
  })

  it('leaves a body alone that decompresses to too many bytes', async () => {
    const bomb = gzipSync(Buffer.alloc(10 * 1024 * 1024))
    assert.equal(await decodeChunks(whole(bomb), ['gzip'], false, 1024 * 1024), undefined)
    assert.equal(await decodeChunks(whole(gzipSync(bomb)), ['gzip', 'gzip'], true, 1024 * 1024), undefined)
    assert.equal(
      join((await decodeChunks(whole(bomb), ['gzip'], false))?.chunks ?? []).length,
      10 * 1024 * 1024,
    )
  })

  it('decodes a compressed stream event by event, with the delays of its events', async () => {
    for (const coding of ['gzip', 'deflate', 'br', 'zstd'] as const) {
      const events = Array.from({ length: 20 }, (_, index) => Buffer.from(`data: {"index":${index}}\n\n`))
      const wire = await flushedChunks(events, coding)
      const chunks = wire.map((data, index) => ({ data, delayMs: index * 10 }))
      const decoded = await decodeContent(exchangeOf({ coding, chunks }))
      assert.deepEqual(
        chunksOf(decoded).map(({ data, delayMs }) => [Buffer.from(data).toString(), delayMs]),
        events.map((event, index) => [event.toString(), index * 10]),
        coding,
      )
    }
  })

  it('decodes as far as it can if the exchange is known to be incomplete', async () => {
    for (const coding of ['gzip', 'deflate', 'br', 'zstd'] as const) {
      const events = Array.from({ length: 10 }, (_, index) =>
        Buffer.from(`data: ${index} ${Math.random()}\n\n`),
      )
      const wire = await flushedChunks(events, coding)
      const chunks = wire.slice(0, 5).map((data) => ({ data, delayMs: 0 }))
      for (const more of [{ incomplete: true }, { failure: { name: 'Error', message: 'reset' } }] as const) {
        const exchange = exchangeOf({ coding, chunks, length: 5000, more })
        const decoded = await decodeContent(exchange)
        assert.deepEqual(join(chunksOf(decoded)), Buffer.concat(events.slice(0, 5)), coding)
        const again = await encodeContent(decoded)
        assert.equal(lengthOf(again), '5000')
        assert.deepEqual(await decodeContent(again), decoded)
      }
      const complete = exchangeOf({ coding, chunks })
      assert.equal(await decodeContent(complete), complete, coding)
    }
  })
})

describe('encodeContent', () => {
  it('gives back any body, in any codings, cut in any way', async () => {
    const coding = fc.constantFrom('gzip', 'deflate', 'br', 'zstd', 'identity', 'x-gzip')
    const codings = fc.array(coding, { minLength: 1, maxLength: 3 }).map((names) => names.join(', '))
    const body = fc.uint8Array({ minLength: 1, maxLength: 2000 })
    await fc.assert(
      fc.asyncProperty(codings, body, cuts(), cuts(), async (names, bytes, one, other) => {
        const decoded = { ...exchangeOf({ coding: names, chunks: cut(bytes, one) }) }
        const marked = { ...decoded, response: { ...decoded.response!, contentDecoded: true as const } }
        const wire = join(chunksOf(await encodeContent(marked)))
        assert.deepEqual(inflateAll(wire, names), Buffer.from(bytes))
        const back = await decodeContent(exchangeOf({ coding: names, chunks: cut(wire, other) }))
        assert.deepEqual(join(chunksOf(back)), Buffer.from(bytes))
      }),
      { numRuns: 60 },
    )
  })

  it('encodes a stream so that each chunk can be decoded as it comes', async () => {
    for (const coding of ['gzip', 'deflate', 'br', 'zstd', 'gzip, zstd']) {
      const events = Array.from({ length: 20 }, (_, index) => ({
        data: Buffer.from(`data: {"index":${index}}\n\n`),
        delayMs: index,
      }))
      const exchange = exchangeOf({ coding, chunks: events })
      const wire = await encodeContent({
        ...exchange,
        response: { ...exchange.response!, contentDecoded: true },
      })
      assert.deepEqual(
        chunksOf(wire).map(({ delayMs }) => delayMs),
        events.map(({ delayMs }) => delayMs),
      )
      const first = exchangeOf({ coding, chunks: chunksOf(wire).slice(0, 7), more: { incomplete: true } })
      assert.deepEqual(join(chunksOf(await decodeContent(first))), join(events.slice(0, 7)), coding)
    }
  })

  it('makes the length fit a body that was edited', async () => {
    const wire = await encodeContent(exchangeOf({ chunks: whole(text), length: 3 }))
    assert.equal(lengthOf(wire), String(text.length))
    assert.deepEqual(join(chunksOf(wire)), text)
    assert.equal(lengthOf(await encodeContent(exchangeOf({ chunks: whole(text) }))), undefined)
  })

  it('does not make an incomplete response look complete', async () => {
    const longer = exchangeOf({ chunks: whole(text), length: 9000, more: { incomplete: true } })
    assert.equal(lengthOf(await encodeContent(longer)), '9000')
    const shorter = exchangeOf({ chunks: whole(text), length: 3, more: { incomplete: true } })
    assert.equal(lengthOf(await encodeContent(shorter)), String(text.length + 1))
  })

  it('leaves the length of HEAD, 204 and 304 alone', async () => {
    for (const given of [{ method: 'HEAD' }, { status: 204 }, { status: 304 }]) {
      const exchange = exchangeOf({ coding: 'gzip', chunks: [], length: 1234, ...given })
      assert.deepEqual(await encodeContent(await decodeContent(exchange)), exchange)
    }
  })

  it('keeps an empty body empty', async () => {
    const exchange = exchangeOf({ coding: 'gzip', chunks: [], length: 0 })
    const marked = { ...exchange, response: { ...exchange.response!, contentDecoded: true as const } }
    assert.deepEqual(await encodeContent(marked), exchange)
  })

  it('works on many exchanges at once', async () => {
    const bodies = Array.from({ length: 40 }, (_, index) =>
      Buffer.from(`body ${index} `.repeat(index * 50 + 1)),
    )
    await Promise.all(
      bodies.map(async (body, index) => {
        const coding = ['gzip', 'br', 'zstd', 'deflate'][index % 4] ?? 'gzip'
        const exchange = exchangeOf({ coding, chunks: cut(body, [7, 99, 1000]) })
        const wire = await encodeContent({
          ...exchange,
          response: { ...exchange.response!, contentDecoded: true },
        })
        assert.deepEqual(join(chunksOf(await decodeContent(wire))), body)
      }),
    )
  })
})
