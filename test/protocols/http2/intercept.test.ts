import assert from 'node:assert/strict'
import { once } from 'node:events'
import * as namespace from 'node:http2'
import http2, { connect } from 'node:http2'
import { createRequire } from 'node:module'
import net from 'node:net'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'

import { withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { ask, askOnce, sameInReplay } from '../http2-client.ts'
import { type Http2TestServer, startHttp2Server, type StreamHandler } from '../http2-server.ts'

/** Taken before any patch of this test, as by a program that imports it early. */
const early = http2.connect
const required = createRequire(import.meta.url)('node:http2') as typeof http2

/** Answers with what it received, in every part of a response. */
const echo: StreamHandler = async (stream, headers) => {
  stream.additionalHeaders({ ':status': 103, link: ['</a>', '</b>'] })
  stream.respond(
    { ':status': 201, 'x-b': ['2', '1'], 'x-a': '3', 'content-type': 'text/plain', date: 'today' },
    { waitForTrailers: true },
  )
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7', 'x-list': ['a', 'b'] }))
  stream.write('one ')
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  stream.end(`${headers[':method']} ${headers[':path']} ${Buffer.concat(chunks).toString()}`)
}

// oxlint-disable no-loop-func -- what a loop makes here are tests, which run one after the other
describe('HTTP/2', () => {
  const bench = testBench((_, response) => void response.end('h1'))
  let server: Http2TestServer
  afterEach(() => server.close())

  const same = <T>(run: () => Promise<T>, count: number): Promise<T> =>
    sameInReplay(bench.path(), () => server.close(), run, count)

  for (const kind of ['h2c', 'tls'] as const) {
    describe(kind, () => {
      beforeEach(async () => {
        server = await startHttp2Server(kind, echo)
      })

      const WAYS = {
        'a named import': connect,
        'a namespace': (...args: Parameters<typeof connect>) => namespace.connect(...args),
        require: (...args: Parameters<typeof connect>) => required.connect(...args),
        'a reference that is older than the patch': early,
      }
      for (const [name, open] of Object.entries(WAYS)) {
        it(`${name}: head, 1xx, body and trailers`, async () => {
          const view = await same(async () => {
            const session = open(server.url, server.ca ? { ca: server.ca } : {})
            const seen = await ask(session, { path: '/a?b=c', body: 'asked' })
            session.close()
            return seen
          }, 1)
          assert.equal(view.body, 'one POST /a?b=c asked')
          assert.deepEqual(view.informational, [[':status', '103', 'link', '</a>', 'link', '</b>']])
          assert.deepEqual(view.trailers, ['x-sum', '7', 'x-list', 'a', 'x-list', 'b'])
          assert.deepEqual(view.head?.slice(0, 8), [':status', '201', 'x-b', '2', 'x-b', '1', 'x-a', '3'])
        })
      }

      it('the promisified connect', async () => {
        const view = await same(async () => {
          const open = promisify(http2.connect) as unknown as (
            url: string,
            options: http2.SecureClientSessionOptions,
          ) => Promise<http2.ClientHttp2Session>
          const session = await open(server.url, server.ca ? { ca: server.ca } : {})
          const seen = await ask(session, { path: '/' })
          session.close()
          return seen
        }, 1)
        assert.equal(view.body, 'one GET / ')
      })
    })
  }

  it('a session has the same properties as live', async () => {
    server = await startHttp2Server('tls', echo)
    const told = await same(async () => {
      const session = http2.connect(server.url, { ca: server.ca ?? '' })
      const stream = session.request({ ':path': '/' })
      await new Promise((resolve) => {
        stream.once('response', resolve)
      })
      const { alpnProtocol, encrypted, originSet, connecting } = session
      const { servername, authorized } = session.socket as unknown as Record<string, unknown>
      const own = stream.session === session
      stream.resume()
      await new Promise((resolve) => {
        stream.once('close', resolve)
      })
      const pong = await new Promise((resolve) => {
        session.ping((error, _duration, payload) => resolve([error, payload.length]))
      })
      await new Promise<void>((resolve) => {
        session.close(resolve)
      })
      return { alpnProtocol, encrypted, originSet, connecting, servername, authorized, own, pong }
    }, 1)
    assert.equal(told.alpnProtocol, 'h2')
    assert.equal(told.own, true)
  })

  it('a protocol that HTTP/2 does not know is refused at once, as by Node', async () => {
    server = await startHttp2Server('h2c', echo)
    const fail = (): unknown => {
      try {
        return http2.connect('ftp://127.0.0.1')
      } catch (error) {
        return (error as { code: string }).code
      }
    }
    assert.equal(fail(), 'ERR_HTTP2_UNSUPPORTED_PROTOCOL')
    await withCassette(bench.path(), { mode: 'all' }, async () => {
      assert.equal(fail(), 'ERR_HTTP2_UNSUPPORTED_PROTOCOL')
    })
    await withCassette(bench.path(), { mode: 'none' }, async () => {
      assert.equal(fail(), 'ERR_HTTP2_UNSUPPORTED_PROTOCOL')
    })
  })

  it('a socket that the program made itself', async () => {
    server = await startHttp2Server('h2c', echo)
    const view = await same(async () => {
      const socket = net.connect(server.port, '127.0.0.1')
      const seen = await askOnce(server, { path: '/own' }, { createConnection: () => socket })
      if (!socket.closed) await once(socket, 'close')
      return seen
    }, 1)
    assert.equal(view.body, 'one GET /own ')
  })

  it('a `host` header instead of `:authority` reaches the server unchanged', async () => {
    server = await startHttp2Server('h2c', (stream, { ':authority': authority, host }) => {
      stream.respond({ ':status': 200, date: 'today' })
      stream.end(`${authority} ${host}`)
    })
    const view = await same(() => askOnce(server, { path: '/', headers: { host: 'virtual.example' } }), 1)
    assert.equal(view.body, 'undefined virtual.example')
  })

  it('a pushed stream reaches the program while recording', async () => {
    server = await startHttp2Server('h2c', (stream) => {
      stream.pushStream({ ':path': '/pushed' }, (_error, pushed) => {
        pushed.respond({ ':status': 200 })
        pushed.end('more')
        stream.respond({ ':status': 200 })
        stream.end('main')
      })
    })
    await withCassette(bench.path(), { mode: 'all' }, async () => {
      const session = http2.connect(server.url)
      const pushed = new Promise<string>((resolve, reject) => {
        session.once('stream', (stream) => void text(stream).then(resolve, reject))
      })
      assert.equal((await ask(session, { path: '/' })).body, 'main')
      assert.equal(await pushed, 'more')
      session.destroy()
    })
  })

  it('a miss fails the stream with an error that says so', async () => {
    server = await startHttp2Server('h2c', echo)
    await withCassette(bench.path(), () => askOnce(server, { path: '/a' }))
    const before = server.connections
    let seen
    await assert.rejects(
      withCassette(bench.path(), { mode: 'none' }, async () => {
        seen = await askOnce(server, { path: '/other' })
      }),
      { code: 'CASSETTE_MISS' },
    )
    assert.match((seen as unknown as { error: { message: string } }).error.message, /\/other/)
    assert.equal(server.connections, before, 'nothing connected')
  })

  it('an ignored request reaches its server, and so does every request between cassettes', async () => {
    server = await startHttp2Server('h2c', echo)
    await withCassette(bench.path(), { mode: 'none', ignore: '127.0.0.1' }, () =>
      askOnce(server, { path: '/i' }),
    )
    await askOnce(server, { path: '/between' })
    assert.deepEqual(server.paths, ['/i', '/between'])
    assert.equal(bench.read(), undefined)
  })
})
