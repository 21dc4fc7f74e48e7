import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { gunzipSync, gzipSync } from 'node:zlib'

import { type CassetteProxy, startProxy, type ProxyOptions } from '../../src/proxy.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import type { Handler } from '../helpers/server.ts'
import { ask, freePort, sendBytes } from './ask.ts'

let release: (() => void) | undefined

const upstream: Handler = (request, response) => {
  const [path] = request.path.split('?')
  if (path === '/sse') {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: one\n\n')
    release = () => response.end('data: two\n\n')
    return
  }
  if (path === '/gzip') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
    response.end(gzipSync('{"packed":true}'))
    return
  }
  if (path === '/moved') {
    response.writeHead(302, {
      location: `http://${request.headers.host ?? ''}/there`,
      'set-cookie': ['a=1', 'b=2'],
    })
    response.end()
    return
  }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(
    JSON.stringify({ path: request.path, host: request.headers.host, length: request.body.byteLength }),
  )
}

describe('startProxy', () => {
  const bench = testBench(upstream)
  let proxy: CassetteProxy | undefined

  const start = async (options: Partial<ProxyOptions> = {}): Promise<CassetteProxy> =>
    (proxy = await startProxy({ target: bench.url(''), cassette: bench.path(), ...options }))

  afterEach(async () => {
    await proxy?.close().catch(() => {})
    proxy = undefined
  })

  it('records what passes through it, and replays it without the server', async () => {
    const recorded = await start()
    const live = await ask(`${recorded.url}/items?page=2`, { method: 'POST' }, 'abc')
    await recorded.close()
    await bench.server.close()
    const replaying = await start({ mode: 'replay' })
    const again = await ask(`${replaying.url}/items?page=2`, { method: 'POST' }, 'abc')
    assert.deepEqual(live.json(), {
      path: '/items?page=2',
      host: `127.0.0.1:${bench.server.port}`,
      length: 3,
    })
    assert.equal(again.body.toString(), live.body.toString())
    assert.deepEqual(
      replaying.cassettes.map(({ played, recorded: count, misses }) => [played, count, misses.length]),
      [[1, 0, 0]],
    )
  })

  it('passes the events of a stream on as they come', async () => {
    const { url } = await start()
    const request = http.get(`${url}/sse`)
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    const [first] = (await once(response, 'data')) as [Buffer]
    assert.equal(first.toString(), 'data: one\n\n')
    release?.()
    const [second] = (await once(response, 'data')) as [Buffer]
    assert.equal(second.toString(), 'data: two\n\n')
  })

  it('passes compressed bytes, several cookies and redirects on, and follows none', async () => {
    const { url } = await start()
    const packed = await ask(`${url}/gzip`)
    assert.equal(packed.headers['content-encoding'], 'gzip')
    assert.equal(gunzipSync(packed.body).toString(), '{"packed":true}')
    const moved = await ask(`${url}/moved`)
    assert.equal(moved.status, 302)
    assert.equal(moved.headers.location, `${url}/there`)
    assert.deepEqual(moved.headers['set-cookie'], ['a=1', 'b=2'])
    assert.deepEqual(
      bench.server.requests.map(({ path }) => path),
      ['/gzip', '/moved'],
    )
  })

  it('passes a large upload on', async () => {
    const { url } = await start()
    const length = 8 * 1024 * 1024
    const { status, json } = await ask(`${url}/upload`, { method: 'PUT' }, Buffer.alloc(length, 'x'))
    assert.equal(status, 200)
    assert.equal(json()['length'], length)
  })

  it('keeps connections, and answers 200 clients at once with their own answers', async () => {
    const { url } = await start()
    const agent = new http.Agent({ keepAlive: true, maxSockets: 200 })
    const numbers = Array.from({ length: 200 }, (_, i) => i)
    const all = async (): Promise<unknown[]> =>
      Promise.all(numbers.map(async (i) => (await ask(`${url}/n/${i}`, { agent })).json()['path']))
    const wanted = numbers.map((i) => `/n/${i}`)
    assert.deepEqual(await all(), wanted)
    await proxy?.close()
    await bench.server.close()
    const replaying = await start({ mode: 'none' })
    const answers = numbers.map(async (i) => (await ask(`${replaying.url}/n/${i}`, { agent })).json()['path'])
    assert.deepEqual(await Promise.all(answers), wanted)
    agent.destroy()
  })

  it('leads each path to its own target, the longest first', async () => {
    const { url, routes } = await start({
      target: [`/api=${bench.url('/one')}`, `/api/v2=${bench.url('/two')}`],
    })
    assert.equal((await ask(`${url}/api/x`)).json()['path'], '/one/x')
    assert.equal((await ask(`${url}/api/v2/x?y`)).json()['path'], '/two/x?y')
    assert.equal((await ask(`${url}/apix`)).status, 400)
    assert.deepEqual(routes.map(({ url: base }) => base.replace(url, '')).toSorted(), ['/api', '/api/v2'])
  })

  it('answers a miss with an error that is not retried, and shows what differs', async () => {
    const body = (content: string): string =>
      JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] })
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } }
    const recorded = await start()
    await ask(`${recorded.url}/v1/chat/completions`, json, body('hello'))
    await recorded.close()
    const replaying = await start({ mode: 'none' })
    const miss = await ask(`${replaying.url}/v1/chat/completions`, json, body('hullo'))
    assert.equal(miss.status, 400)
    assert.equal(miss.headers['x-should-retry'], 'false')
    const { error, cassette } = miss.json() as {
      error: { message: string }
      cassette: { code: string; differences: unknown[] }
    }
    assert.match(error.message, /no recording answers POST .*hello.*hullo/s)
    assert.equal(cassette.code, 'CASSETTE_MISS')
    assert.deepEqual(cassette.differences, [
      { path: 'messages[0].content', recorded: 'hello', incoming: 'hullo' },
    ])
    await assert.rejects(replaying.close(), { code: 'CASSETTE_MISS' })
  })

  it('keeps what it recorded when a client leaves in the middle of a stream', async () => {
    const { url, close } = await start()
    const request = http.get(`${url}/sse`)
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    await once(response, 'data')
    response.on('error', () => {})
    request.destroy()
    await ask(`${url}/other`)
    await close()
    assert.match(bench.read() ?? '', /- data: one|\{data: one\}/)
    assert.match(bench.read() ?? '', /url: \S+\/other/)
  })

  it('says which target gave no answer', async () => {
    const port = await freePort()
    const { url } = await start({ target: `http://127.0.0.1:${port}`, mode: 'all' })
    const { status, json } = await ask(`${url}/v1/messages`)
    assert.equal(status, 502)
    assert.match(
      JSON.stringify(json()),
      new RegExp(`no response from http://127.0.0.1:${port}: .*ECONNREFUSED`),
    )
  })

  for (const [problem, options] of [
    ['a port in use', () => ({ port: bench.server.port })],
    ['a target with a password', () => ({ target: 'https://user:secret@api.example.com' })],
    ['a target that is no URL', () => ({ target: 'api.example.com' })],
    ['two targets with one path', () => ({ target: ['https://a.example', 'https://b.example'] })],
    ['an unknown mode', () => ({ mode: 'recrod' as 'once' })],
  ] as const)
    it(`refuses ${problem}, and leaves the place free`, async () => {
      await assert.rejects(start(options()), { code: 'CASSETTE_OPTION' })
      assert.equal((await ask(`${(await start()).url}/`)).status, 200)
    })

  it('refuses a target that is the proxy itself', async () => {
    const port = await freePort()
    await assert.rejects(
      start({ port, target: `http://localhost:${port}` }),
      /another server than the proxy itself/,
    )
  })

  it('forwards only to its targets, whatever address a request names', async () => {
    const { port, url } = await start()
    const evil = `127.0.0.1:${await freePort()}`
    const wrong: string[] = []
    for (const probe of probes()) {
      const before = bench.server.requests.length
      const bytes = probe.replaceAll('EVIL', evil).replaceAll('SELF', url.slice('http://'.length))
      const text = await sendBytes(port, bytes)
      const came = bench.server.requests.slice(before)
      // It came to the target, with the target's own host, or it was refused.
      const isRight =
        came.length === 0
          ? /^HTTP\/1\.1 4\d\d /.test(text)
          : /^HTTP\/1\.1 [23]\d\d /.test(text) &&
            came.every(({ headers }) => headers.host === `127.0.0.1:${bench.server.port}`)
      if (!isRight) wrong.push(`${probe} -> ${text.slice(0, 100)}`)
    }
    assert.deepEqual(wrong, [])
    await proxy?.close()
    assert.doesNotMatch(bench.read() ?? '', new RegExp(`url: \\w+://[^/]*${evil}`))
  })
})

/** Requests that try to lead a proxy to another server. */
function* probes(): Generator<string> {
  const get = (target: string, headers = 'host: SELF'): string =>
    `GET ${target} HTTP/1.1\r\n${headers}\r\n\r\n`
  for (const target of [
    'http://EVIL/',
    'https://EVIL/',
    'HTTP://EVIL/',
    'http:/EVIL/',
    'http:EVIL/',
    'ftp://EVIL/',
    'file:///etc/passwd',
    'gopher://EVIL/_x',
    '//EVIL/',
    '///EVIL/',
    '/\\EVIL/',
    '/@EVIL/',
    '/http://EVIL/',
    '/https:/EVIL/',
    '/.EVIL/',
    '/;@EVIL/',
    '/%2f%2fEVIL/',
    '/%5c%5cEVIL/',
    '/?url=http://EVIL/',
    '/#@EVIL/',
    '/..//EVIL/',
    '/../../etc/passwd',
    '/%2e%2e/%2e%2e/EVIL',
    '/a/..%2f..%2fEVIL',
    '/a/.%2e/EVIL',
    '/a/%2e./EVIL',
    '/a/..;/EVIL',
    '/a\\..\\EVIL',
    '*',
    '@EVIL/',
    ':80@EVIL/',
    '.EVIL/',
    '?http://EVIL/',
    'EVIL',
    '/moved?to=EVIL',
  ])
    yield get(target)
  for (const headers of [
    'host: EVIL',
    'host: EVIL\r\nhost: SELF',
    'host: SELF@EVIL',
    'host: SELF, EVIL',
    'host: SELF\r\nx-forwarded-host: EVIL',
    'host: SELF\r\nx-original-url: http://EVIL/',
    'host: SELF\r\nx-rewrite-url: http://EVIL/',
    'host: SELF\r\nforwarded: host=EVIL',
    'host: SELF\r\nx-cassette-target: http://EVIL',
    'host: SELF\r\ndestination: http://EVIL/',
    'host: SELF\r\nproxy-connection: keep-alive',
  ])
    yield get('/', headers)
  for (const target of ['EVIL', 'SELF', 'EVIL:443'])
    yield `CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n\r\n`
  yield 'GET http://EVIL/ws HTTP/1.1\r\nhost: EVIL\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n'
  yield 'GET /__cassette/http://EVIL/ HTTP/1.1\r\nhost: SELF\r\n\r\n'
  yield 'POST /__cassette/open HTTP/1.1\r\nhost: SELF\r\ncontent-length: 2\r\n\r\n{}'
  yield 'GET / HTTP/1.1\r\nhost: SELF\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET http://EVIL/ HTTP/1.1\r\n\r\n'
}
