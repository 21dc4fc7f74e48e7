import assert from 'node:assert/strict'
import http from 'node:http'
import { Readable } from 'node:stream'

import fetch, { AbortError, Blob, FetchError, File, FormData, Headers, Request } from 'node-fetch'

import type { Checks } from './checks.ts'

interface Echo {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const echo = async (url: string, init?: Parameters<typeof fetch>[1]): Promise<Echo> =>
  (await (await fetch(url, init)).json()) as Echo
const code = (expected: string) => (error: unknown) => {
  assert.ok(error instanceof FetchError, String(error))
  assert.deepEqual([error.type, error.code], ['system', expected])
  return true
}

/** Checks of node-fetch's documentation. */
export const NODE_FETCH: Checks = {
  'text()': async ({ url }) => assert.equal(await (await fetch(`${url}/text`)).text(), 'plain text'),
  'json()': async ({ url }) => assert.deepEqual(await (await fetch(`${url}/json`)).json(), { a: 1 }),
  'invalid JSON': async ({ url }) => assert.rejects((await fetch(`${url}/badjson`)).json(), SyntaxError),
  'arrayBuffer()': async ({ url }) =>
    assert.equal((await (await fetch(`${url}/text`)).arrayBuffer()).byteLength, 10),
  'blob()': async ({ url }) => {
    const blob = await (await fetch(`${url}/json`)).blob()
    assert.deepEqual([blob.type, blob.size], ['application/json', 7])
  },
  'formData()': async ({ url }) =>
    assert.equal((await (await fetch(`${url}/form`)).formData()).get('b'), 'two'),
  'the body is a Node stream': async ({ url }) => {
    const { body } = await fetch(`${url}/text`)
    assert.ok(body instanceof Readable)
    let text = ''
    for await (const chunk of body) text += String(chunk)
    assert.equal(text, 'plain text')
  },
  'a body is used once': async ({ url }) => {
    const response = await fetch(`${url}/text`)
    await response.text()
    assert.equal(response.bodyUsed, true)
    await assert.rejects(response.text(), TypeError)
  },
  'clone()': async ({ url }) => {
    const response = await fetch(`${url}/json`)
    const copy = response.clone()
    assert.deepEqual(await Promise.all([response.json(), copy.json()]), [{ a: 1 }, { a: 1 }])
  },
  'default headers': async ({ url }) => {
    const { headers } = await echo(`${url}/echo`)
    assert.equal(headers['accept'], '*/*')
    assert.equal(headers['accept-encoding'], 'gzip, deflate, br')
    assert.match(headers['user-agent'] ?? '', /node-fetch/)
  },
  'headers of ours': async ({ url }) => {
    const headers = new Headers({ 'X-A': '1' })
    headers.append('x-a', '2')
    assert.equal((await echo(`${url}/echo`, { headers })).headers['x-a'], '1, 2')
  },
  'raw set-cookie': async ({ url }) => {
    const { headers } = await fetch(`${url}/cookies`)
    assert.deepEqual(headers.raw()['set-cookie'], ['a=1; Path=/', 'b=2; Path=/; HttpOnly'])
  },
  'POST text': async ({ url }) => {
    const got = await echo(`${url}/echo`, { method: 'POST', body: 'a=1' })
    assert.deepEqual(
      [got.body, got.headers['content-type'], got.headers['content-length']],
      ['a=1', 'text/plain;charset=UTF-8', '3'],
    )
  },
  'POST bytes': async ({ url }) =>
    assert.equal((await echo(`${url}/echo`, { method: 'POST', body: Buffer.from('a=1') })).body, 'a=1'),
  'POST search params': async ({ url }) => {
    const got = await echo(`${url}/echo`, { method: 'POST', body: new URLSearchParams({ a: '1 2' }) })
    assert.deepEqual(
      [got.body, got.headers['content-type']],
      ['a=1+2', 'application/x-www-form-urlencoded;charset=UTF-8'],
    )
  },
  'POST a stream, chunked': async ({ url }) => {
    const got = await echo(`${url}/echo`, { method: 'POST', body: Readable.from(['a', 'b']) })
    assert.deepEqual([got.body, got.headers['transfer-encoding']], ['ab', 'chunked'])
  },
  'POST a blob': async ({ url }) => {
    const got = await echo(`${url}/echo`, { method: 'POST', body: new Blob(['blob'], { type: 'text/x' }) })
    assert.deepEqual(
      [got.body, got.headers['content-type'], got.headers['content-length']],
      ['blob', 'text/x', '4'],
    )
  },
  'POST form data with a file': async ({ url }) => {
    const body = new FormData()
    body.set('a', '1')
    body.set('f', new File(['content'], 'f.txt'))
    const got = await echo(`${url}/echo`, { method: 'POST', body })
    assert.match(got.headers['content-type'] ?? '', /^multipart\/form-data; boundary=/)
    assert.match(got.body, /filename="f.txt"/)
  },
  'a Request': async ({ url }) => {
    const request = new Request(`${url}/echo`, { method: 'PUT', body: 'put' })
    assert.equal(((await (await fetch(request)).json()) as Echo).method, 'PUT')
  },
  'an empty POST says length 0': async ({ url }) =>
    assert.equal((await echo(`${url}/echo`, { method: 'POST' })).headers['content-length'], '0'),
  HEAD: async ({ url }) => assert.equal(await (await fetch(`${url}/text`, { method: 'HEAD' })).text(), ''),
  '204': async ({ url }) => {
    const response = await fetch(`${url}/status/204`)
    assert.deepEqual([response.status, response.ok, await response.text()], [204, true, ''])
  },
  '304': async ({ url }) => assert.equal((await fetch(`${url}/status/304`)).status, 304),
  '404 is no error': async ({ url }) => {
    const response = await fetch(`${url}/status/404`)
    assert.deepEqual(
      [response.ok, response.statusText, await response.text()],
      [false, 'Not Found', 'status 404'],
    )
  },
  ...Object.fromEntries(
    ['gzip', 'br', 'deflate'].map((coding) => [
      `decompresses ${coding}`,
      async ({ url }: { url: string }) =>
        assert.match(await (await fetch(`${url}/encoded/${coding}`)).text(), /^(hello ){200}$/),
    ]),
  ),
  'compress: false': async ({ url }) => {
    const raw = new Uint8Array(await (await fetch(`${url}/encoded/gzip`, { compress: false })).arrayBuffer())
    assert.deepEqual([raw[0], raw[1]], [0x1f, 0x8b])
  },
  'follows redirects': async ({ url }) => {
    const response = await fetch(`${url}/redirect/301/3`)
    assert.deepEqual([response.redirected, response.url], [true, `${url}/echo/landed`])
  },
  '303 turns POST into GET': async ({ url }) =>
    assert.equal((await echo(`${url}/redirect/303`, { method: 'POST', body: 'x' })).method, 'GET'),
  '307 keeps method and body': async ({ url }) => {
    const got = await echo(`${url}/redirect/307`, { method: 'POST', body: 'kept' })
    assert.deepEqual([got.method, got.body], ['POST', 'kept'])
  },
  '307 with a stream is refused': ({ url }) =>
    assert.rejects(fetch(`${url}/redirect/307`, { method: 'POST', body: Readable.from(['x']) }), {
      type: 'unsupported-redirect',
    }),
  'redirect: manual': async ({ url }) => {
    const response = await fetch(`${url}/redirect/302`, { redirect: 'manual' })
    assert.deepEqual([response.status, response.headers.get('location')], [302, '/echo/landed'])
  },
  'redirect: error': ({ url }) =>
    assert.rejects(fetch(`${url}/redirect/302`, { redirect: 'error' }), { type: 'no-redirect' }),
  'follow: 1': ({ url }) =>
    assert.rejects(fetch(`${url}/redirect/302/3`, { follow: 1 }), { type: 'max-redirect' }),
  size: async ({ url }) =>
    assert.rejects((await fetch(`${url}/large/1000`, { size: 10 })).text(), { type: 'max-size' }),
  ECONNREFUSED: ({ closedUrl }) => assert.rejects(fetch(closedUrl), code('ECONNREFUSED')),
  'an unknown host': () => assert.rejects(fetch('http://no-such-host.invalid'), FetchError),
  'a reset': ({ url }) => assert.rejects(fetch(`${url}/reset`), code('ECONNRESET')),
  'a body cut short': async ({ url }) =>
    assert.rejects((await fetch(`${url}/cut`)).text(), /aborted|premature close/i),
  'aborted before': ({ url }) =>
    assert.rejects(fetch(`${url}/text`, { signal: AbortSignal.abort() }), AbortError),
  'aborted while waiting': ({ url }) =>
    assert.rejects(fetch(`${url}/slow`, { signal: AbortSignal.timeout(30) }), AbortError),
  'aborted in mid-body': async ({ url }) => {
    const stop = new AbortController()
    const response = await fetch(`${url}/drip`, { signal: stop.signal })
    setTimeout(() => stop.abort(), 20)
    await assert.rejects(response.text(), AbortError)
  },
  'an agent, and a function that gives one': async ({ url }) => {
    const agent = new http.Agent({ keepAlive: true })
    assert.equal(await (await fetch(`${url}/text`, { agent })).text(), 'plain text')
    assert.equal(await (await fetch(`${url}/text`, { agent: () => agent })).text(), 'plain text')
    agent.destroy()
  },
  'data: URLs': async () => assert.equal(await (await fetch('data:text/plain,hi')).text(), 'hi'),
  'an unknown scheme': () => assert.rejects(fetch('ftp://x.invalid'), TypeError),
  '2 MB': async ({ url }) =>
    assert.equal((await (await fetch(`${url}/large/2000000`)).text()).length, 2_000_000),
  'fifty at once': async ({ url }) => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        fetch(`${url}/echo?n=${i}`).then((r) => r.json() as Promise<{ path: string }>),
      ),
    )
    assert.deepEqual(
      answers.map(({ path }) => path),
      answers.map((_, i) => `/echo?n=${i}`),
    )
  },
}
