import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2 from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'

import { withCassette } from '../../../src/index.ts'
import { nativeRequest } from '../../../src/protocols/http2/native.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { runProgram } from '../../helpers/program.ts'
import { ask, askOnce, sameInReplay } from '../http2-client.ts'
import { type Http2TestServer, startHttp2Server, type StreamHandler } from '../http2-server.ts'

/** Made before any cassette of this file patches the process. */
let pooled: http2.ClientHttp2Session | undefined

const echo: StreamHandler = async (stream, headers) => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  stream.respond({ ':status': 200, date: 'today' })
  stream.end(`${headers[':path']} ${Buffer.concat(chunks).toString()}`)
}

// oxlint-disable no-loop-func -- what a loop makes here are tests, which run one after the other
describe('HTTP/2 sessions', () => {
  const bench = testBench(() => {})
  let server: Http2TestServer
  beforeEach(async () => {
    server = await startHttp2Server('h2c', echo)
  })
  afterEach(async () => {
    pooled?.destroy()
    await server.close()
  })

  it('outlive cassettes: each request is recorded and replayed in the one that is open', async () => {
    const session = (pooled = http2.connect(server.url))
    assert.equal((await ask(session, { path: '/before' })).body, '/before ')
    await withCassette(bench.path('one'), () => ask(session, { path: '/one' }))
    await ask(session, { path: '/between' })
    await withCassette(bench.path('two'), () => ask(session, { path: '/two' }))
    assert.deepEqual(server.paths, ['/before', '/one', '/between', '/two'])
    assert.equal(server.connections, 1)
    const [one, two] = [bench.read('one') ?? '', bench.read('two') ?? '']
    assert.match(one, /\/one$/m)
    assert.match(two, /\/two$/m)
    assert.doesNotMatch(one + two, /\/before|\/between/)
    const replayed = await withCassette(bench.path('one'), { mode: 'none' }, () =>
      ask(session, { path: '/one' }),
    )
    assert.equal(replayed.body, '/one ')
    assert.equal(server.paths.length, 4, 'answered by the cassette, on the same session')
    assert.equal((await ask(session, { path: '/after' })).body, '/after ')
  })

  it('opened in a replay reach their server once a cassette records', async () => {
    await withCassette(bench.path('one'), () => askOnce(server, { path: '/one' }))
    const { connections } = server
    const session = await withCassette(bench.path('one'), { mode: 'none' }, async () => {
      const held = http2.connect(server.url)
      await ask(held, { path: '/one' })
      return held
    })
    pooled = session
    assert.equal(server.connections, connections, 'nothing was dialled')
    assert.equal((await ask(session, { path: '/between' })).body, '/between ')
    await withCassette(bench.path('two'), () => ask(session, { path: '/two' }))
    assert.match(bench.read('two') ?? '', /\/two$/m)
  })

  it('to a server with some recordings connect when a request has no recording', async () => {
    const mode = 'new_episodes'
    await withCassette(bench.path(), { mode }, () => askOnce(server, { path: '/a' }))
    assert.equal(server.connections, 1)
    await withCassette(bench.path(), { mode }, () => askOnce(server, { path: '/a' }))
    assert.equal(server.connections, 1)
    await withCassette(bench.path(), { mode }, async () => {
      const session = (pooled = http2.connect(server.url))
      const seen = []
      for (const path of ['/a', '/b', '/c']) seen.push((await ask(session, { path })).body)
      assert.deepEqual(seen, ['/a ', '/b ', '/c '])
    })
    assert.deepEqual(server.paths, ['/a', '/b', '/c'])
    assert.equal(server.connections, 2)
  })

  it('carry 200 streams at once: each gets its own response, and they are recorded in the order of their start', async () => {
    const run = async (): Promise<string[]> => {
      const session = http2.connect(server.url)
      const paths = Array.from({ length: 200 }, (_, i) => `/${i}`)
      const seen = await Promise.all(paths.map((path) => ask(session, { path, body: `b${path}` })))
      session.destroy()
      return seen.map(({ body }) => body)
    }
    const expected = Array.from({ length: 200 }, (_, i) => `/${i} b/${i}`)
    assert.deepEqual(await withCassette(bench.path(), run), expected)
    await server.close()
    assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, run), expected)
    const recorded = [...(bench.read() ?? '').matchAll(/url: \S+\/(\d+)$/gm)].map(([, n]) => Number(n))
    assert.deepEqual(
      recorded,
      expected.map((_, i) => i),
    )
  }).timeout(60_000)

  it('closed by the program wait for the requests before that', async () => {
    const run = async (): Promise<string> => {
      const session = http2.connect(server.url)
      await once(session, 'connect')
      const answer = ask(session, { path: '/', body: 'asked' })
      // A GOAWAY at once would overtake the request.
      setImmediate(() => session.close())
      const { body } = await answer
      return body
    }
    assert.equal(await sameInReplay(bench.path(), () => server.close(), run, 1), '/ asked')
  })

  it('carry frames of 16 MB, and wait for a client that does not read', async () => {
    const size = 20 * 1024 * 1024
    await server.close()
    const settings = { maxFrameSize: 16_777_215, initialWindowSize: 32 * 1024 * 1024 }
    let sent = 0
    server = await startHttp2Server(
      'h2c',
      (stream) => {
        stream.respond({ ':status': 200 })
        stream.end(Buffer.alloc(size, 'x'), () => sent++)
      },
      { settings },
    )
    const run = async (): Promise<number> => {
      const session = http2.connect(server.url, { settings })
      const stream = session.request({ ':path': '/' })
      await sleep(50)
      let length = 0
      for await (const chunk of stream) length += (chunk as Buffer).length
      session.destroy()
      return length
    }
    assert.equal(await withCassette(bench.path(), run), size)
    assert.equal(sent, 1)
    await server.close()
    assert.equal(await withCassette(bench.path(), { mode: 'none' }, run), size)
  }).timeout(60_000)

  it('and references older than the package are recorded and replayed, too', async () => {
    const run = (mode: string) =>
      runProgram('test/protocols/programs/http2-early.ts', {
        TAPE: bench.path(),
        URL_: server.url,
        MODE: mode,
      })
    const recorded = await run('all')
    assert.equal(recorded.stderr, '')
    assert.equal(recorded.stdout, '/one  /two \n/three \n')
    assert.deepEqual(server.paths, ['/warm', '/one', '/two', '/three'])
    await server.close()
    const replayed = await run('none')
    assert.equal(replayed.stderr, '')
    assert.equal(replayed.stdout, recorded.stdout)
    assert.equal(replayed.code, 0, 'it ends by itself')
  }).timeout(60_000)

  it('refuse by name a request through a `request` that was kept from before the patch', async () => {
    const session = (pooled = http2.connect(server.url))
    await ask(session, { path: '/warm' })
    let seen: unknown
    await assert.rejects(
      withCassette(bench.path(), async () => {
        const stream: http2.ClientHttp2Stream = Reflect.apply(nativeRequest, session, [
          { ':path': '/unseen' },
        ])
        await once(stream, 'close').catch((error: unknown) => (seen = error))
      }),
      { code: 'CASSETTE_UNSEEN' },
    )
    assert.match(String(seen), /unseen/)
  })

  for (const how of ['closed', 'unref', 'pending']) {
    it(`a program ends by itself in replay as it does live: ${how}`, async () => {
      await withCassette(bench.path(), () => askOnce(server, { path: '/' }))
      await server.close()
      const { code, stdout, stderr } = await runProgram('test/protocols/programs/http2-ending.ts', {
        TAPE: bench.path(),
        URL_: server.url,
        HOW: how,
      })
      assert.equal(stderr, '')
      assert.equal(stdout.trim(), how === 'unref' ? 'end' : '/ end')
      assert.equal(code, 0)
    }).timeout(60_000)
  }
})
