import assert from 'node:assert/strict'
import { decodeBody, encodeBody, formOf } from '../../src/exchange/body/body.ts'
import { decodeContent, encodeContent } from '../../src/exchange/content-encoding/content-encoding.ts'
import { headerValue } from '../../src/exchange/headers.ts'
import type { Exchange } from '../../src/exchange/exchange.ts'
import { bodyOf, type FixtureExchange, readExchangeFiles } from '../helpers/exchange-files.ts'
import { fromRoot, shared } from '../helpers/shared.ts'
import { assertRoundTrip } from './body-codec-conformance.ts'
import { join, whole } from './chunks.ts'

describe('ten recorded provider exchanges', () => {
  const exchanges = readAll(fromRoot('test/fixtures/exchanges'))

  it('come back byte for byte from their stored form', () => assertAllComeBack(exchanges))

  it('are stored in the forms of their APIs', async () => {
    const forms = await Promise.all(exchanges.map(responseForm))
    for (const form of ['json', 'sse', 'eventstream']) {
      assert.ok(
        forms.some((key) => key.endsWith(` ${form}`)),
        `${form} in ${forms.join(', ')}`,
      )
    }
  })
})

describe('recorded provider traffic (needs ../shared/corpus)', function () {
  this.timeout(60_000)
  const folder = shared('corpus/http')
  let exchanges: readonly Exchange[] = []

  before(function () {
    if (folder === undefined) this.skip()
    else exchanges = readAll(folder)
  })

  it('comes back byte for byte from its stored form', () => assertAllComeBack(exchanges))

  it('is stored as events if it is a stream, and as JSON unless it has numbers like 1.0', async () => {
    const forms = await Promise.all(exchanges.map(responseForm))
    const count = (key: string): number => forms.filter((form) => form === key).length
    assert.equal(count('text/event-stream sse'), 39)
    assert.equal(count('application/vnd.amazon.eventstream eventstream'), 3)
    assert.ok(count('application/json json') > 100)
    assert.equal(count('application/json base64'), 0)
  })
})

async function assertAllComeBack(exchanges: readonly Exchange[]): Promise<void> {
  assert.ok(exchanges.length >= 10)
  const decoded = await Promise.all(exchanges.map(decodeContent))
  const again = await Promise.all(
    decoded.map(async (exchange) => decodeContent(await encodeContent(exchange))),
  )
  for (const [index, { request, response }] of decoded.entries()) {
    assertRoundTrip(request.body ?? Buffer.alloc(0), headerValue(request.headers, 'content-type'))
    const body = join(response?.chunks ?? [])
    assertRoundTrip(body, headerValue(response?.headers ?? [], 'content-type'))
    assert.deepEqual(join(again[index]?.response?.chunks ?? []), body)
  }
}

/** The content type and the form of the response's body. */
async function responseForm(exchange: Exchange): Promise<string> {
  const { response } = await decodeContent(exchange)
  const contentType = headerValue(response?.headers ?? [], 'content-type') ?? ''
  const stored = encodeBody(response?.chunks ?? [], { contentType })
  if ('sse' in stored) {
    assert.ok(stored.sse.every((entry) => !('raw' in entry) && !('base64' in entry)))
    assert.equal(decodeBody(stored).length, stored.sse.length)
  }
  if (contentType === 'application/json' && 'text' in stored && /^[[{]/.test(stored.text)) {
    assert.match(stored.text, /\d\.\d*0[,\s}\]]|\d[eE]/)
  }
  return `${contentType.split(';')[0]} ${formOf(stored)}`
}

function readAll(folder: string): Exchange[] {
  return readExchangeFiles(folder).flatMap((file) => file.exchanges.map(exchangeOf))
}

function exchangeOf({ request, response }: FixtureExchange): Exchange {
  const sent = bodyOf(request)
  return {
    recordedAt: '2026-11-21T00:00:00.000Z',
    request: { ...request, body: sent.length === 0 ? null : sent },
    response: { ...response, delayMs: 0, chunks: whole(bodyOf(response)) },
  }
}
