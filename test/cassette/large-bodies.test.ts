import assert from 'node:assert/strict'
import { Cassette, renderCassette } from '../../src/cassette/cassette.ts'
import { fromInteraction, toInteraction } from '../../src/cassette/convert.ts'
import { interactionText } from '../../src/cassette/interaction-text.ts'
import { sampleMatch, textExchange } from './samples.ts'

function fileOf(...texts: string[]): Buffer {
  return Buffer.from(Array.from(renderCassette({ entries: texts, incomplete: false }), String).join(''))
}

describe('large bodies', () => {
  const bodies: Readonly<Record<string, { readonly type: string; readonly make: (bytes: number) => Buffer }>> = {
    'bytes that are no text': { type: 'application/octet-stream', make: (bytes) => Buffer.alloc(bytes, Buffer.from([0xff, 0, 0x80, 7])) },
    'one line of text': { type: 'text/plain', make: (bytes) => Buffer.alloc(bytes, 'He said: "it\'s # a \\ test", {or} [not]. ') },
    'lines of text': { type: 'text/plain', make: (bytes) => Buffer.alloc(bytes, 'a line: of text\n\n  # another "line"\n') },
    'text full of control characters': { type: 'text/plain', make: (bytes) => Buffer.alloc(bytes, '\u001b[31mred\u001b[0m \u0085\n') },
    'JSON': { type: 'application/json', make: (bytes) => Buffer.from(JSON.stringify({ data: Array.from({ length: bytes / 40 }, (_, index) => ({ index, text: 'a "b"\nc' })) })) },
  } // prettier-ignore
  for (const [title, { type, make }] of Object.entries(bodies)) {
    it(`come back in linear time: 8 MB of ${title}`, () => {
      const body = make(8_000_000)
      const exchange = textExchange('', [['content-type', type]])
      const response = {
        status: 200,
        headers: exchange.response?.headers ?? [],
        delayMs: 0,
        chunks: [{ data: body, delayMs: 0 }],
      }
      const start = performance.now()
      const text = interactionText(toInteraction({ ...exchange, response }, sampleMatch('x'), 'x'))
      const [entry] = Cassette.parse(fileOf(text), 'x.yaml').entries
      const back = fromInteraction(entry?.read() ?? assert.fail()).response?.chunks ?? []
      assert.ok(Buffer.concat(back.map(({ data }) => data)).equals(body))
      const took = performance.now() - start
      assert.ok(took < 6000, `${took} ms`)
    })
  }

  it('come back even if they are longer than a string can be, with an escape for each character', function () {
    this.timeout(60_000)
    const body = Buffer.alloc(100_000_000)
    const exchange = textExchange('')
    const response = {
      status: 200,
      headers: [['content-type', 'text/plain'] as const],
      delayMs: 0,
      chunks: [{ data: body, delayMs: 5 }],
    }
    const text = interactionText(toInteraction({ ...exchange, response }, sampleMatch('x'), 'x'))
    const [entry] = Cassette.parse(fileOf(text), 'x.yaml').entries
    const back = fromInteraction(entry?.read() ?? assert.fail()).response
    assert.ok(Buffer.concat((back?.chunks ?? []).map(({ data }) => data)).equals(body))
    assert.deepEqual(back?.headers, response.headers)
  })

  it('need memory for a small multiple of their size: 100 MB that are not text', function () {
    this.timeout(60_000)
    const body = Buffer.alloc(100_000_000, Buffer.from([0xff, 0, 0x80, 7, 1]))
    const exchange = textExchange('', [['content-type', 'application/octet-stream']])
    const response = { status: 200, headers: [], delayMs: 0, chunks: [{ data: body, delayMs: 0 }] }
    const before = process.memoryUsage().rss
    const start = performance.now()
    const text = interactionText(toInteraction({ ...exchange, response }, sampleMatch('x'), 'x'))
    const written = performance.now()
    const [entry] = Cassette.parse(fileOf(text), 'x.yaml').entries
    const back = fromInteraction(entry?.read() ?? assert.fail()).response?.chunks ?? []
    const read = performance.now()
    const grown = (process.memoryUsage().rss - before) / body.length
    assert.ok(Buffer.concat(back.map(({ data }) => data)).equals(body))
    assert.ok(grown < 16, `memory grew by ${grown.toFixed(1)} times the body`)
    assert.ok(read - start < 20_000, `written in ${written - start} ms, read in ${read - written} ms`)
  })
})
