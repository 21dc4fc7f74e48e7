import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { Cassette } from '../../src/cassette/cassette.ts'
import { fromInteraction, toInteraction } from '../../src/cassette/convert.ts'
import { interactionText } from '../../src/cassette/interaction-text.ts'
import type { Exchange, HeaderPairs } from '../../src/exchange/exchange.ts'
import { runs } from '../helpers/runs.ts'
import { anyText } from './arbitraries.ts'
import { RECORDED_AT, sampleExchange, sampleMatch, textExchange } from './samples.ts'

/** Writes the exchange into a file and reads it back. */
function throughFile(exchange: Exchange): Exchange {
  const match = sampleMatch('x')
  const text = interactionText(toInteraction(exchange, match, 'x'))
  const { entries } = Cassette.parse(Buffer.from(`version: 1\ninteractions:\n${text}`), 'x.yaml')
  const [entry] = entries
  assert.ok(entry !== undefined && entries.length === 1)
  const interaction = entry.read()
  assert.deepEqual([entry.id, entry.match], ['x', match])
  assert.deepEqual([entry.method, entry.url], [exchange.request.method, exchange.request.url])
  assert.equal(entry.recordedAt, exchange.recordedAt)
  assert.equal(interactionText(interaction), text)
  return fromInteraction(interaction)
}

/** Chunks may be cut at other places, but their bytes must not change. */
function comparable({ request, response, ...rest }: Exchange): unknown {
  const { chunks, ...head } = response ?? { chunks: [] }
  return {
    ...rest,
    request: { ...request, body: request.body && Buffer.from(request.body).toString('latin1') },
    response: response && { ...head, body: Buffer.concat(chunks.map(({ data }) => data)).toString('latin1') },
  }
}

function assertKept(exchange: Exchange): void {
  assert.deepEqual(comparable(throughFile(exchange)), comparable(exchange))
}

describe('an exchange in a cassette', () => {
  it('comes back whole', () => {
    const exchange = sampleExchange('tell me a story')
    const reason = {
      ...exchange,
      response: { ...textExchange('x').response, status: 299, reason: 'Rather fine', delayMs: 12 },
    }
    const trailers: HeaderPairs = [['grpc-status', '0']]
    for (const one of [
      exchange,
      reason as Exchange,
      { ...exchange, incomplete: true as const },
      {
        ...exchange,
        failure: { name: 'Error', message: 'reset\n  by peer', code: 'ECONNRESET' },
        incomplete: true as const,
      },
      { ...textExchange('x'), response: { status: 200, headers: [], delayMs: 0, chunks: [], trailers } },
      { recordedAt: RECORDED_AT, request: exchange.request, failure: { name: 'Error', message: '' } },
    ]) {
      assertKept(one)
    }
  })

  it('keeps the delays of events', () => {
    const { response, ...rest } = sampleExchange('a b c')
    assert.ok(response)
    const chunks = response.chunks.map((chunk, index) => ({ ...chunk, delayMs: index * 100 }))
    const back = throughFile({ ...rest, response: { ...response, chunks } })
    assert.deepEqual(
      back.response?.chunks.map(({ delayMs }) => delayMs),
      [0, 100, 200, 300],
    )
  })

  it('distinguishes an empty body from no body', () => {
    const none = textExchange('')
    const request = { ...none.request, body: new Uint8Array() }
    assertKept({ ...none, request })
    assertKept({ ...none, request: { ...none.request, body: null } })
    assert.equal(throughFile({ ...none, request: { ...none.request, body: null } }).request.body, null)
    assert.equal(throughFile({ ...none, request }).request.body?.byteLength, 0)
  })

  const gzip: HeaderPairs = [['Content-Type', 'application/json'], ['Content-Encoding', 'gzip']] // prettier-ignore
  it('says whether the content-encoding of a body is undone', () => {
    const decoded = { ...textExchange('{"a":1}', gzip) }
    const response = { ...decoded.response, contentDecoded: true } as Exchange['response']
    assertKept({ ...decoded, response } as Exchange)
    const bytes = gzipSync('{"a":1}')
    assertKept({
      ...decoded,
      response: { status: 200, headers: gzip, delayMs: 0, chunks: [{ data: bytes, delayMs: 0 }] },
    })
    // This text is not compressed, although its header says so.
    assertKept(decoded)
    const request = { ...decoded.request, method: 'POST', headers: gzip }
    assertKept({ ...decoded, request: { ...request, body: bytes } })
    assertKept({ ...decoded, request: { ...request, body: Buffer.from('{}'), contentDecoded: true } })
  })

  it('does not treat identity as a coding', () => {
    assertKept(textExchange('x', [['content-encoding', 'identity']]))
    assertKept(textExchange('x', [['content-encoding', '']]))
  })

  it('comes back with any strings and bytes', () => {
    const headers = fc.array(
      fc.tuple(fc.oneof(anyText(), fc.constantFrom('a', 'A', '__proto__')), anyText()),
      { maxLength: 5 },
    )
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      anyText().map((text) => Buffer.from(text)),
      fc.json().map((text) => Buffer.from(text)),
    )
    const type = fc.constantFrom(
      'application/json',
      'text/event-stream',
      'text/plain',
      'application/x-ndjson',
      'application/octet-stream',
    )
    const exchange = fc.record({
      requestHeaders: headers,
      headers,
      requestBody: fc.option(body),
      body,
      reason: anyText(),
      message: anyText(),
      type,
    })
    fc.assert(
      fc.property(exchange, (made) => {
        const typed: HeaderPairs = [['content-type', made.type]]
        assertKept({
          recordedAt: RECORDED_AT,
          request: {
            method: 'POST',
            url: 'https://example.test/?a=%20#x',
            headers: [...typed, ...made.requestHeaders],
            body: made.requestBody,
          },
          response: {
            status: 200,
            reason: made.reason,
            headers: [...typed, ...made.headers].filter(
              ([name]) => name.toLowerCase() !== 'content-encoding',
            ),
            delayMs: 3,
            chunks: [{ data: made.body, delayMs: 0 }],
          },
          failure: { name: 'Error', message: made.message },
        })
      }),
      { numRuns: runs(400) },
    )
  })
})
