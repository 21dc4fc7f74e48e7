import assert from 'node:assert/strict'

import axios from 'axios'
import got from 'got'
import * as undici from 'undici'
import * as undici7 from 'undici7'

import { withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { sameInReplay } from '../http2-client.ts'
import { type Http2TestServer, startHttp2Server, type StreamHandler } from '../http2-server.ts'

const echo: StreamHandler = async (stream, headers) => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  stream.respond(
    { ':status': 200, 'x-a': ['1', '2'], 'content-type': 'text/plain', date: 'today' },
    { waitForTrailers: true },
  )
  stream.on('wantTrailers', () => stream.sendTrailers({ sum: '7' }))
  stream.write('one ')
  stream.end(`${headers[':method']} ${headers[':path']} ${Buffer.concat(chunks).toString()}`)
}

type Call = (url: string, ca: string) => Promise<unknown>

const options = { method: 'POST', body: 'asked' } as const

const withUndici =
  (make: (url: string, ca: string) => undici.Dispatcher): Call =>
  async (url, ca) => {
    const dispatcher = make(url, ca)
    const { statusCode, headers, body, trailers } = await undici.request(`${url}/undici`, {
      ...options,
      dispatcher,
    })
    const seen = [statusCode, headers, await body.text(), trailers]
    await dispatcher.close()
    return seen
  }

const withUndici7 =
  (make: (url: string, ca: string) => undici7.Dispatcher): Call =>
  async (url, ca) => {
    const dispatcher = make(url, ca)
    const { statusCode, headers, body } = await undici7.request(`${url}/undici7`, { ...options, dispatcher })
    const seen = [statusCode, headers, await body.text()]
    await dispatcher.close()
    return seen
  }

const withGot: Call = async (url, ca) => {
  const { statusCode, headers, body, httpVersion } = await got.post(`${url}/got`, {
    http2: true,
    body: 'asked',
    https: { certificateAuthority: ca },
    retry: { limit: 0 },
  })
  return [statusCode, headers, body, httpVersion]
}

const withAxios: Call = async (url, ca) => {
  const { status, headers, data } = await axios.post<string>(`${url}/axios`, 'asked', {
    httpVersion: 2,
    http2Options: { ca },
  } as object)
  return [status, JSON.stringify(headers), data]
}

const TLS: Readonly<Record<string, Call>> = {
  'undici with allowH2': withUndici((_, ca) => new undici.Agent({ allowH2: true, connect: { ca } })),
  'undici 7 with allowH2': withUndici7((_, ca) => new undici7.Agent({ allowH2: true, connect: { ca } })),
  got: withGot,
  axios: withAxios,
}

const PLAIN: Readonly<Record<string, Call>> = {
  "undici's H2CClient": withUndici((url) => new undici.H2CClient(url)),
  "undici 7's H2CClient": withUndici7((url) => new undici7.H2CClient(url)),
  axios: withAxios,
}

// oxlint-disable no-loop-func -- what a loop makes here are tests, which run one after the other
describe('clients that speak HTTP/2 are recorded, and replayed with their server gone', () => {
  const bench = testBench((_, response) => void response.end('h1'))
  let server: Http2TestServer
  afterEach(() => server.close())

  for (const [kind, calls] of [
    ['tls', TLS],
    ['h2c', PLAIN],
  ] as const) {
    for (const [name, call] of Object.entries(calls)) {
      it(`${name}, ${kind}`, async () => {
        server = await startHttp2Server(kind, echo)
        const seen = await sameInReplay(
          bench.path(),
          () => server.close(),
          () => call(server.url, server.ca ?? ''),
          1,
        )
        assert.ok(JSON.stringify(seen).includes('one POST /'))
        assert.match(bench.read() ?? '', /http_version: '2'/)
        assert.equal(bench.read()?.match(/- id:/g)?.length, 1, 'recorded once')
      })
    }
  }

  // axios offers only HTTP/2.
  for (const [name, call] of Object.entries(TLS).filter(([one]) => one !== 'axios')) {
    it(`${name} uses HTTP/1.1 in replay if the server had chosen it`, async () => {
      const plain = await import('../../helpers/server.ts')
      const { selfSigned } = await import('../../helpers/tls-certificate.ts')
      const keys = selfSigned()
      server = await startHttp2Server('h2c', echo)
      const one = await plain.startServer(
        (request, response) => void response.writeHead(200, { date: 'today' }).end(`h1 ${request.path}`),
        keys,
      )
      const run = (): Promise<unknown> => call(one.url, keys.cert)
      const seen = await sameInReplay(bench.path(), () => one.close(), run, 1)
      assert.ok(JSON.stringify(seen).includes('h1 /'))
      assert.doesNotMatch(bench.read() ?? '', /http_version: '2'/)
    })
  }

  const ALL = [...Object.entries(TLS), ...Object.entries(PLAIN)].filter(
    ([name]) => !name.includes('undici 7'),
  )
  for (const [i, [name, call]] of ALL.entries()) {
    it(`${name} gets a miss that names the request (${i})`, async () => {
      server = await startHttp2Server('h2c', echo)
      const scheme = i < Object.keys(TLS).length - 1 ? 'https' : 'http'
      let seen: unknown
      await assert.rejects(
        withCassette(bench.path(), { mode: 'none' }, async () => {
          seen = await call(`${scheme}://no-such-host.invalid`, '').catch((error: unknown) => error)
        }),
        { code: 'CASSETTE_MISS' },
      )
      assert.ok(seen instanceof Error)
      assert.match(seen.message, /no recording answers POST/)
    })
  }

  it('a recording of either version answers a client of the other', async () => {
    server = await startHttp2Server('tls', echo, { allowHTTP1: true })
    const overHttp2 = withUndici((_, ca) => new undici.Agent({ allowH2: true, connect: { ca } }))
    const overHttp1 = withUndici((_, ca) => new undici.Agent({ allowH2: false, connect: { ca } }))
    const { url, ca = '' } = server
    const live = (await withCassette(bench.path(), () => overHttp2(url, ca))) as [
      number,
      object,
      string,
      object,
    ]
    await server.close()
    const replayed = (await withCassette(bench.path(), { mode: 'none' }, () =>
      overHttp1(url, ca),
    )) as typeof live
    assert.equal(replayed[0], live[0])
    assert.equal(replayed[2], live[2])
    assert.deepEqual(replayed[3], live[3], 'trailers')
  })

  it('a recording of HTTP/1.1 answers a stream without its connection headers', async () => {
    server = await startHttp2Server('h2c', echo)
    const url = bench.url('/one')
    await withCassette(bench.path(), async () => (await fetch(url, { method: 'POST', body: 'asked' })).text())
    await withCassette(bench.path(), { mode: 'none' }, async () => {
      const client = new undici.H2CClient(new URL(url).origin)
      const { statusCode, headers, body } = await client.request({
        path: '/one',
        method: 'POST',
        body: 'asked',
      })
      assert.equal(statusCode, 200)
      assert.equal(await body.text(), 'h1')
      assert.equal(headers['connection'], undefined)
      assert.equal(headers['keep-alive'], undefined)
      await client.close()
    })
  })
})
