import assert from 'node:assert/strict'
import { RedactionError } from '../../src/errors/redaction-error.ts'
import type { Exchange } from '../../src/exchange/exchange.ts'
import { bodyOf, exchangeOf, redactorOf, requestOf, SECRET } from './helpers.ts'

const failureOf = (run: () => unknown): RedactionError => {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof RedactionError)
    return error
  }
  return assert.fail('it did not fail')
}

const failsWith = (redact: unknown, message: RegExp): RedactionError => {
  const redactor = redactorOf({ functions: [redact as (exchange: Exchange) => Exchange] })
  const recorded = failureOf(() => redactor.exchange(exchangeOf('{}')))
  const lookedUp = failureOf(() => redactor.request(requestOf('{}')))
  for (const error of [recorded, lookedUp]) {
    assert.equal(error.code, 'CASSETTE_REDACTION')
    assert.match(error.message, message)
  }
  return recorded
}

describe('redact.functions', () => {
  it('run last, in order, on the redacted exchange', () => {
    const seen: string[] = []
    const redactor = redactorOf({
      functions: [
        (exchange) => {
          seen.push(bodyOf(exchange))
          return { ...exchange, incomplete: true }
        },
        (exchange) => {
          seen.push(String(exchange.incomplete))
          return exchange
        },
      ],
    })
    assert.equal(redactor.exchange(exchangeOf(`{"a":"${SECRET}"}`)).incomplete, true)
    assert.deepEqual(seen, ['{"a":"REDACTED"}', 'true'])
  })

  it('change a request in the same way when it is looked up and when it is recorded', () => {
    const redactor = redactorOf({
      functions: [
        ({ request, ...rest }) => ({
          ...rest,
          request: { ...request, url: request.url.replace(/\d+/, 'N') },
        }),
      ],
    })
    const request = requestOf('{}', { url: 'https://a.example/items/123' })
    const recorded = redactor.exchange({ ...exchangeOf('{}'), request })
    assert.equal(recorded.request.url, 'https://a.example/items/N')
    assert.deepEqual(redactor.request(request), recorded.request)
  })

  it('stop the writing if one throws, with an error that names the function and the reason', () => {
    const cause = new Error('no such field')
    const error = failsWith(function mine() {
      throw cause
    }, /redact\.functions\[0\] \(mine\) threw: no such field\. Nothing of this exchange was written\./)
    assert.equal(error.cause, cause)
  })

  for (const [name, result, message] of [
    ['undefined', undefined, /returned undefined/],
    ['null', null, /returned null/],
    ['a string', 'x', /returned string/],
    ['a promise', Promise.resolve(exchangeOf('')), /promise .*synchronous/],
    ['no request', { recordedAt: '' }, /`request` is missing/],
    ['no time', { request: requestOf(null) }, /`recordedAt`/],
    [
      'no URL',
      { ...exchangeOf(''), request: { ...requestOf(null), url: 'x' } },
      /`request\.url` is not a URL/,
    ],
    [
      'a body that is text',
      { ...exchangeOf(''), request: { ...requestOf(null), body: 'x' } },
      /`request\.body`/,
    ],
    [
      'headers as an object',
      { ...exchangeOf(''), request: { ...requestOf(null), headers: {} } },
      /`request\.headers`/,
    ],
    ['half a response', { ...exchangeOf(''), response: { status: 200 } }, /`response\.headers`/],
    [
      'a status that is not a number',
      { ...exchangeOf(''), response: { ...exchangeOf('').response, status: '200' } },
      /`response\.status`/,
    ],
    [
      'chunks of text',
      { ...exchangeOf(''), response: { ...exchangeOf('').response, chunks: ['x'] } },
      /`response\.chunks`/,
    ],
  ] as const) {
    it(`are refused if one returns ${name}`, () => void failsWith(() => result, message))
  }

  it('never get an exchange that cannot be redacted, which is an error too', () => {
    const broken = {
      ...exchangeOf('{}'),
      request: { ...requestOf(null), headers: [['accept']] },
    } as unknown as Exchange
    assert.ok(failureOf(() => redactorOf().exchange(broken)).cause instanceof TypeError)
    assert.ok(failureOf(() => redactorOf().request(broken.request)).cause instanceof TypeError)
  })
})
