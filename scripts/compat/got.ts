import assert from 'node:assert/strict'
import { Readable } from 'node:stream'

import got, { HTTPError, MaxRedirectsError, ParseError, RequestError, TimeoutError } from 'got'

import type { Checks } from './checks.ts'

export interface Echo {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

async function* words(): AsyncGenerator<string> {
  yield 'one '
  yield 'two'
}

/** Checks of got's documentation: requests, responses, redirects and retries. */
export const GOT: Checks = {
  'text()': async ({ url }) => assert.equal(await got(`${url}/text`).text(), 'plain text'),
  'json()': async ({ url }) => assert.deepEqual(await got(`${url}/json`).json(), { a: 1 }),
  'buffer()': async ({ url }) => assert.equal((await got(`${url}/text`).buffer()).byteLength, 10),
  'responseType: json': async ({ url }) =>
    assert.deepEqual((await got(`${url}/json`, { responseType: 'json' })).body, { a: 1 }),
  ParseError: ({ url }) => assert.rejects(got(`${url}/badjson`).json(), ParseError),
  'sends a user agent and accepts codings': async ({ url }) => {
    const { headers } = await got(`${url}/echo`).json<Echo>()
    assert.match(headers['user-agent'] ?? '', /got/)
    assert.match(headers['accept-encoding'] ?? '', /gzip/)
  },
  'headers of ours, and undefined ones left out': async ({ url }) => {
    const { headers } = await got(`${url}/echo`, {
      headers: { 'X-Ours': '1', 'user-agent': undefined },
    }).json<Echo>()
    assert.equal(headers['x-ours'], '1')
    assert.equal(headers['user-agent'], undefined)
  },
  searchParams: async ({ url }) =>
    assert.equal(
      (await got(`${url}/echo`, { searchParams: { a: 1, b: 'ü' } }).json<Echo>()).path,
      '/echo?a=1&b=%C3%BC',
    ),
  'POST json': async ({ url }) => {
    const echo = await got.post(`${url}/echo`, { json: { a: 1 } }).json<Echo>()
    assert.deepEqual(
      [echo.method, echo.body, echo.headers['content-type']],
      ['POST', '{"a":1}', 'application/json'],
    )
  },
  'POST form': async ({ url }) =>
    assert.equal((await got.post(`${url}/echo`, { form: { a: '1 2' } }).json<Echo>()).body, 'a=1+2'),
  'PUT text with its length': async ({ url }) => {
    const echo = await got.put(`${url}/echo`, { body: 'wörld' }).json<Echo>()
    assert.deepEqual([echo.body, echo.headers['content-length']], ['wörld', '6'])
  },
  'POST a stream, chunked': async ({ url }) => {
    const echo = await got.post(`${url}/echo`, { body: Readable.from(['a', 'b']) }).json<Echo>()
    assert.deepEqual([echo.body, echo.headers['transfer-encoding']], ['ab', 'chunked'])
  },
  'POST an async generator': async ({ url }) =>
    assert.equal((await got.post(`${url}/echo`, { body: words() }).json<Echo>()).body, 'one two'),
  'POST a FormData': async ({ url }) => {
    const form = new FormData()
    form.set('a', '1')
    assert.match((await got.post(`${url}/echo`, { body: form }).json<Echo>()).body, /name="a"/)
  },
  HEAD: async ({ url }) => assert.equal((await got.head(`${url}/text`)).body, ''),
  DELETE: async ({ url }) => assert.equal((await got.delete(`${url}/echo`).json<Echo>()).method, 'DELETE'),
  'HTTPError with its response': ({ url }) =>
    assert.rejects(got(`${url}/status/404`), (error) => {
      assert.ok(error instanceof HTTPError)
      assert.deepEqual(
        [error.code, error.response.statusCode, error.response.body],
        ['ERR_NON_2XX_3XX_RESPONSE', 404, 'status 404'],
      )
      return true
    }),
  'throwHttpErrors: false': async ({ url }) =>
    assert.equal(
      (await got(`${url}/status/500`, { throwHttpErrors: false, retry: { limit: 0 } })).statusCode,
      500,
    ),
  '204': async ({ url }) => assert.equal((await got(`${url}/status/204`)).body, ''),
  ...Object.fromEntries(
    ['gzip', 'br', 'deflate'].map((coding) => [
      `decompresses ${coding}`,
      async ({ url }: { url: string }) =>
        assert.match(await got(`${url}/encoded/${coding}`).text(), /^(hello ){200}$/),
    ]),
  ),
  'decompress: false': async ({ url }) => {
    const raw = await got(`${url}/encoded/gzip`, { decompress: false }).buffer()
    assert.deepEqual([raw[0], raw[1]], [0x1f, 0x8b])
  },
  'follows redirects and tells of them': async ({ url }) => {
    const response = await got(`${url}/redirect/302/3`)
    assert.equal(response.redirectUrls.length, 3)
    assert.equal(response.url, `${url}/echo/landed`)
    assert.equal(response.requestUrl.href, `${url}/redirect/302/3`)
  },
  '303 turns POST into GET': async ({ url }) => {
    const echo = await got.post(`${url}/redirect/303`, { body: 'x' }).json<Echo>()
    assert.deepEqual([echo.method, echo.body], ['GET', ''])
  },
  '307 keeps method and body': async ({ url }) => {
    const echo = await got.post(`${url}/redirect/307`, { body: 'kept' }).json<Echo>()
    assert.deepEqual([echo.method, echo.body], ['POST', 'kept'])
  },
  'followRedirect: false': async ({ url }) =>
    assert.equal((await got(`${url}/redirect/302`, { followRedirect: false })).statusCode, 302),
  maxRedirects: ({ url }) =>
    assert.rejects(got(`${url}/redirect/302/5`, { maxRedirects: 2 }), MaxRedirectsError),
  'retries 503': async ({ url, unique }) => {
    const response = await got(`${url}/flaky/2?${unique()}`, {
      retry: { limit: 2, calculateDelay: ({ computedValue }) => computedValue && 1 },
    })
    assert.deepEqual([response.body, response.retryCount], ['attempt 3', 2])
  },
  'gives up after the limit': ({ url, unique }) =>
    assert.rejects(
      got(`${url}/flaky/5?${unique()}`, {
        retry: { limit: 1, calculateDelay: ({ computedValue }) => computedValue && 1 },
      }),
      HTTPError,
    ),
  'does not retry POST': ({ url, unique }) => assert.rejects(got.post(`${url}/flaky/1?${unique()}`), /503/),
  'timeout.request': ({ url }) =>
    assert.rejects(got(`${url}/slow`, { timeout: { request: 60 }, retry: { limit: 0 } }), (error) => {
      assert.ok(error instanceof TimeoutError)
      assert.equal(error.event, 'request')
      return true
    }),
  'timeout.response': ({ url }) =>
    assert.rejects(got(`${url}/slow`, { timeout: { response: 60 }, retry: { limit: 0 } }), TimeoutError),
  'timeout.socket': ({ url }) =>
    assert.rejects(got(`${url}/drip`, { timeout: { socket: 60 }, retry: { limit: 0 } }), TimeoutError),
  'an AbortSignal': ({ url }) =>
    assert.rejects(
      got(`${url}/slow`, { signal: AbortSignal.timeout(30) }),
      (error) => error instanceof RequestError,
    ),
  ECONNREFUSED: ({ closedUrl }) =>
    assert.rejects(got(closedUrl, { retry: { limit: 0 } }), { name: 'RequestError', code: 'ECONNREFUSED' }),
  ENOTFOUND: () =>
    assert.rejects(got('http://no-such-host.invalid', { retry: { limit: 0 } }), { name: 'RequestError' }),
  'a reset': ({ url }) =>
    assert.rejects(got(`${url}/reset`, { retry: { limit: 0 } }), { code: 'ECONNRESET' }),
  'a body cut short': ({ url }) => assert.rejects(got(`${url}/cut`, { retry: { limit: 0 } }), RequestError),
}
