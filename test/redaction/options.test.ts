import assert from 'node:assert/strict'
import { CassetteOptionError } from '../../src/errors/cassette-option-error.ts'
import type { RedactOptions } from '../../src/redaction/options.ts'
import { bodyOf, redactAnswer, redactBody, redactorOf, requestOf } from './helpers.ts'

const refused = (redact: unknown, option: string, message: RegExp): void => {
  assert.throws(
    () => redactorOf(redact as RedactOptions),
    (error: unknown) => {
      assert.ok(error instanceof CassetteOptionError)
      assert.equal(error.option, option)
      assert.match(error.message, message)
      return true
    },
  )
}

describe('a wrong redact option is refused:', () => {
  it('an unknown key', () =>
    refused({ header: [] }, 'redact.header', /headers, json, query, patterns, functions, keep/))
  it('not an object', () => {
    refused(5, 'redact', /an object with headers/)
    refused(null, 'redact', /an object/)
    refused('x', 'redact', /got "x"/)
  })
  it('not a list', () =>
    refused({ headers: 'x-user' }, 'redact.headers', /a list of header names, got "x-user"/))
  it('a wrong item', () => {
    refused({ headers: [''] }, 'redact.headers', /header names/)
    refused({ headers: ['a b'] }, 'redact.headers', /header names, got "a b"/)
    refused({ query: [1] }, 'redact.query', /query parameters, got 1/)
    refused({ patterns: [''] }, 'redact.patterns', /regular expressions/)
    refused({ functions: [{}] }, 'redact.functions', /functions .*got an object/)
    refused({ keep: [null] }, 'redact.keep', /got null/)
    refused([5], 'redact', /names or JSON paths, regular expressions and functions, got 5/)
  })
  for (const path of ['', 'a..b', 'a[', 'a[x]', '**', 'a.**', '.a', 'a.', '[]'])
    it(`the path ${JSON.stringify(path)}`, () =>
      refused({ json: [path] }, 'redact.json', /JSON paths \(user\.email/))
})

describe('redact as a list', () => {
  it('accepts a name for header, query and field, a path for JSON, patterns and functions', () => {
    const redactor = redactorOf([
      'accept',
      'user.email',
      /\d{3}-\d{4}/,
      (exchange) => ({ ...exchange, request: { ...exchange.request, method: 'PUT' } }),
    ])
    const request = redactor.request(
      requestOf('{"accept":"x","user":{"email":"y"},"email":"z","phone":"555-1234"}', {
        url: 'https://a.example/?accept=1',
        headers: [['accept', 'x']],
      }),
    )
    assert.equal(request.method, 'PUT')
    assert.equal(request.url, 'https://a.example/?accept=REDACTED')
    assert.deepEqual(request.headers.at(-1), ['accept', 'REDACTED'])
    assert.equal(
      bodyOf(request),
      '{"accept":"REDACTED","user":{"email":"REDACTED"},"email":"z","phone":"REDACTED"}',
    )
  })
})

describe('redact.patterns', () => {
  const type = 'text/plain'

  it('replace each match of a regular expression, whatever its flags and state', () => {
    const sticky = /b+/gy
    sticky.lastIndex = 3
    assert.equal(redactAnswer('abba', { type }, { patterns: [sticky] }), 'aREDACTEDa')
    assert.equal(redactAnswer('aXbx', { type }, { patterns: [/x/i] }), 'aREDACTEDbREDACTED')
    assert.equal(redactAnswer('abc', { type }, { patterns: [/x*/] }), 'abc')
  })

  it('see text as Unicode, also next to bytes that are not UTF-8', () => {
    assert.equal(
      redactAnswer('größe: 😀 ä', { type }, { patterns: [/ö.e|\p{Emoji}(?=\s)/u, /ä$/] }),
      'grREDACTED: REDACTED REDACTED',
    )
  })

  it('take a short string literally, not as an expression', () => {
    assert.equal(redactAnswer('a.c abc', { type }, { patterns: ['a.c'] }), 'REDACTED abc')
  })

  it('find a longer string also if it is encoded', () => {
    const text = 'Jane Doe & Co'
    const body = JSON.stringify({
      a: text,
      u: `https://x?q=${encodeURIComponent(text)}`,
      b: btoa(`to ${text}.`),
    })
    const redacted = JSON.parse(redactBody(body, {}, { patterns: [text] })) as Record<string, string>
    assert.deepEqual([redacted['a'], redacted['u']], ['REDACTED', 'https://x?q=REDACTED'])
    assert.match(atob(redacted['b'] ?? ''), /^to REDACTED\.*$/)
  })

  it('match each string, number and name of JSON alone', () => {
    const body = '{ "a@b.c": ["x a@b.c y", 5551234, "\\u0061@b.c"], "n": 1.50 }'
    assert.equal(
      redactBody(body, {}, { patterns: [/.+@.+/, /^555\d{4}$/] }),
      '{ "REDACTED": ["REDACTED", "REDACTED", "REDACTED"], "n": 1.50 }',
    )
  })

  it('match URLs, stored headers and messages', () => {
    const redactor = redactorOf({ patterns: [/jane\b/] })
    const request = redactor.request(
      requestOf(null, { url: 'https://a.example/users/jane', headers: [['accept', 'jane']] }),
    )
    assert.equal(request.url, 'https://a.example/users/REDACTED')
    assert.deepEqual(request.headers, [['accept', 'REDACTED']])
    assert.equal(redactor.text('hi jane'), 'hi REDACTED')
    const spaced = redactorOf({ patterns: [/jane doe/] })
    const url = 'https://a.example/?q=hi+jane%20doe&r=jane+doe'
    assert.equal(spaced.request(requestOf(null, { url })).url, 'https://a.example/?q=REDACTED&r=REDACTED')
  })
})
