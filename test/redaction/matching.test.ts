import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ExchangeRequest } from '../../src/exchange/exchange.ts'
import { fingerprint } from '../../src/fingerprint/fingerprint.ts'
import { runs } from '../helpers/runs.ts'
import { delta, exchangeOf, redactorOf, requestOf, sse } from './helpers.ts'

/** The request that a program makes with this key. */
function requestWith(secret: string): ExchangeRequest[] {
  const encoded = encodeURIComponent(secret)
  const basic = Buffer.from(`user:${secret}`)
  const url = `https://${encoded}@api.example.com/v1/${encoded}/x?key=${encoded}&q=a${encoded}&page=2`
  const headers = [
    ['authorization', `Bearer ${secret}`],
    ['accept', `text/${basic.toString('base64url')}`],
  ] as const
  const json = {
    a: secret,
    b: `x ${secret} y`,
    c: JSON.stringify({ d: secret }),
    e: basic.toString('base64'),
    f: Buffer.concat([basic, Buffer.from(' and more')]).toString('base64'),
    g: basic.toString('base64url'),
  }
  const form = new URLSearchParams({
    a: secret,
    client_secret: secret,
    b: basic.toString('base64'),
    n: '1',
  }).toString()
  const part = `--form-1\r\ncontent-disposition: form-data; name="a"\r\n\r\n${secret}\r\n--form-1--\r\n`
  return [
    requestOf(JSON.stringify(json), { url, headers }),
    requestOf(JSON.stringify(json, null, 2), { url, headers }),
    requestOf(form, { url, headers, type: 'application/x-www-form-urlencoded' }),
    requestOf(part, { url, headers, type: 'multipart/form-data; boundary=form-1' }),
    requestOf(`plain ${secret} ${basic.toString('base64')} text`, { url, headers, type: 'text/plain' }),
    requestOf(null, { url, headers, method: 'GET' }),
  ]
}

/** Secrets of 16 characters or more that are no words: a shorter one stays in a path. */
const secret = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_-]{8,40}$/).map((text) => `${text}7Kq-9xZ2vW`),
  fc
    .string({ minLength: 8, maxLength: 30, unit: 'grapheme-ascii' })
    .map((text) => `k${text.trim()}12345678k`),
)
const usable = secret.filter((value) => !/^\d+$|^\w+:|REDACTED/.test(value))

const redactWith = (value: string): ExchangeRequest[] => {
  const redactor = redactorOf(undefined, { SOME_KEY: value })
  return requestWith(value).map((request) => redactor.request(request))
}

const readable = (request: ExchangeRequest): unknown => ({
  ...request,
  body: Buffer.from(request.body ?? []).toString(),
})

describe('redacted requests', () => {
  it('are equal for all secrets: a recording with one key matches with another key', () => {
    fc.assert(
      fc.property(usable, usable, (one, other) => {
        assert.deepEqual(redactWith(one).map(readable), redactWith(other).map(readable))
      }),
      { numRuns: runs(300) },
    )
  })

  it('differ if something that is not a secret differs', () => {
    const redactor = redactorOf()
    const body = (request: ExchangeRequest): string =>
      Buffer.from(redactor.request(request).body ?? []).toString()
    assert.notEqual(body(requestOf('{"a":1}')), body(requestOf('{"a":2}')))
    assert.notEqual(
      body(requestOf('{"id":"a","password":"x"}')),
      body(requestOf('{"id":"b","password":"x"}')),
    )
  })

  it('do not change when they are redacted again', () => {
    const redactor = redactorOf(
      { json: ['user'], patterns: [/\d{3}-\d{4}/] },
      { SOME_KEY: 'abc/def+ghi jkl' },
    )
    for (const request of requestWith('abc/def+ghi jkl')) {
      const once = redactor.request(request)
      assert.deepEqual(readable(redactor.request(once)), readable(once))
    }
    const exchange = exchangeOf(
      sse(delta('abc/de'), delta('f+ghi jkl'), { user: 1, access_token: 'x', n: '555-1234' }),
      {
        type: 'text/event-stream',
        cuts: [10, 50],
        headers: [
          ['set-cookie', 'a=b'],
          ['location', '/?page=2'],
        ],
      },
    )
    const once = redactor.exchange(exchange)
    assert.deepEqual(redactor.exchange(once), once)
  })
})

describe('redacted values of names that may be a credential', () => {
  for (const name of 'key code token ticket auth sid session state timestamp expires nonce trace_id _'.split(
    ' ',
  ))
    it(`count, one by one: ${name}`, () => {
      const redactor = redactorOf()
      const keys = Array.from({ length: 200 }, (_, at) => {
        const request = requestOf(null, { method: 'GET', url: `https://api.example.com/x?${name}=v${at}` })
        return fingerprint(redactor.request(request)).matchKey
      })
      assert.equal(new Set(keys).size, keys.length)
    })
})
