import assert from 'node:assert/strict'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'

import { UnsupportedProtocolError, withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'

/** Taken before any patch of this test's: what a program that imported it early holds. */
const { connect } = http2

describe('native HTTP/2, until it is recorded', () => {
  const bench = testBench((_, response) => void response.end('h1'))
  let server: http2.Http2Server
  let sessions: Set<http2.ServerHttp2Session>

  beforeEach(async () => {
    sessions = new Set()
    server = http2.createServer()
    server.on('session', (session) => sessions.add(session))
    server.on('stream', (stream) => {
      stream.respond({ ':status': 200 })
      stream.end('h2')
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
  })
  afterEach(() => {
    for (const session of sessions) session.destroy()
    server.close()
  })

  const ask = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
      session.on('error', reject)
      const request = session.request({ ':path': '/' })
      request.setEncoding('utf8')
      let text = ''
      request.on('data', (chunk: string) => (text += chunk))
      request.on('end', () => {
        session.close()
        resolve(text)
      })
      request.on('error', reject)
      request.end()
    })

  it('passes through while recording, and between cassettes', async () => {
    assert.equal(await withCassette(bench.path(), { mode: 'all' }, ask), 'h2')
    assert.equal(await ask(), 'h2')
  })

  it('is refused where no network is allowed, by an error that says so and that nothing can swallow', async () => {
    let seen: unknown
    await assert.rejects(
      withCassette(bench.path(), { mode: 'none' }, async () => {
        seen = await ask().catch((error: unknown) => error)
        return 'a default'
      }),
      (error) =>
        error instanceof UnsupportedProtocolError &&
        /HTTP\/2 to 127\.0\.0\.1:\d+ is not recorded yet/.test(error.message) &&
        /tape\.yaml/.test(error.message),
    )
    assert.ok(seen instanceof UnsupportedProtocolError)
    assert.equal(sessions.size, 0, 'nothing connected')
  })

  it('passes where ignore names the host', async () => {
    assert.equal(await withCassette(bench.path(), { mode: 'none', ignore: '127.0.0.1' }, ask), 'h2')
  })
})
