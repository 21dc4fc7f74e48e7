import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2 from 'node:http2'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'

import { Agent, request } from 'undici'

import { withCassette } from '../../../src/index.ts'
import { ask as askGrpc } from '../../e2e/grpc/bench.ts'
import { startEcho } from '../../e2e/grpc/echo.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { type Http2TestServer, startHttp2Server } from '../http2-server.ts'

describe('A pooled HTTP/2 session whose connection ends in mid-replay', () => {
  const bench = testBench(() => {})
  let server: Http2TestServer
  beforeEach(async () => {
    server = await startHttp2Server('tls', (stream) => {
      void setTimeout(200).then(() => {
        stream.respond({ ':status': 200 })
        stream.end('the answer')
      })
    })
  })
  afterEach(() => server.close())

  const record = <T>(run: () => Promise<T>): Promise<T> => withCassette(bench.path(), { mode: 'all' }, run)

  /** Replays with the recorded delays: meanwhile the server can act. */
  const replay = <T>(run: () => Promise<T>, meanwhile: () => unknown): Promise<T> =>
    withCassette(bench.path(), { mode: 'none', timing: 'recorded', strict: true }, async () => {
      const answer = run()
      await setTimeout(50)
      await meanwhile()
      return answer
    })

  const eachSession = (tell: (session: http2.ServerHttp2Session) => void): void => {
    for (const session of server.sessions) tell(session)
  }
  const pooledAndTold = async (news: string, end: () => unknown): Promise<void> => {
    const session = http2.connect(server.url, server.ca === undefined ? {} : { ca: server.ca })
    session.on('error', () => {})
    await once(session, 'connect')
    const run = () => text(session.request({ ':path': '/' }))
    await record(run)
    const told = new Promise<void>((resolve) => {
      session.once(news, () => resolve())
    })
    assert.equal(await replay(run, end), 'the answer')
    await told
    session.destroy()
  }
  const askedOnce = async (end: () => unknown): Promise<void> => {
    const dispatcher = new Agent({ allowH2: true, connect: { ca: server.ca ?? '' } })
    const run = async () => (await request(server.url, { dispatcher })).body.text()
    await run()
    await record(run)
    assert.equal(await replay(run, end), 'the answer')
    await dispatcher.destroy()
  }

  const goaway = (code: number) => () => eachSession((session) => session.goaway(code))
  for (const [name, news, end] of [
    ['its server goes', 'close', () => server.close()],
    ['its server says GOAWAY', 'goaway', goaway(http2.constants.NGHTTP2_NO_ERROR)],
    ['its server says GOAWAY, with an error', 'close', goaway(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM)],
  ] as const) {
    it(`${name}: the stream gets its response, and then the session emits the event`, () =>
      pooledAndTold(news, end))
    it(`${name}: undici does not send the request twice`, () => askedOnce(end))
  }

  it('a gRPC call is answered although its server stops', async () => {
    const echo = await startEcho(true)
    const client = echo.client()
    try {
      const run = () => askGrpc(client, { text: 'hello' })
      await run()
      const recorded = await record(run)
      echo.stop()
      assert.equal((await withCassette(bench.path(), { mode: 'none' }, run)).text, recorded.text)
    } finally {
      client.close()
      echo.stop()
    }
  })
})
