import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2, { type ClientHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'

import { withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'

/** How a program ends a stream and its session at once, as the AWS SDK does on abort. */
const WAYS: Readonly<Record<string, (close: () => void, destroy: () => void) => void>> = {
  'the session in the same tick': (close, destroy) => {
    close()
    destroy()
  },
  'the session in the next tick': (close, destroy) => {
    close()
    process.nextTick(destroy)
  },
  'the session in the next turn': (close, destroy) => {
    close()
    setImmediate(destroy)
  },
  'both in the next turn': (close, destroy) => {
    setImmediate(() => {
      close()
      destroy()
    })
  },
}

describe('an HTTP/2 stream that is closed before its session is destroyed', () => {
  const bench = testBench((_, response) => void response.end())
  const server = http2.createServer()
  const open = new Set<{ destroy(): void }>()
  const at = { url: '' }
  before(async () => {
    server.on('stream', (stream) => stream.on('error', () => {}))
    server.on('session', (session) => {
      open.add(session)
      session.on('error', () => {})
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    at.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    for (const session of open) session.destroy()
    server.close()
  })

  for (const [name, way] of Object.entries(WAYS)) {
    it(`${name}: ends while recording as live`, async () => {
      const leave = async (): Promise<unknown[]> => {
        const session: ClientHttp2Session = http2.connect(at.url)
        session.on('error', () => {})
        await once(session, 'connect')
        const stream = session.request({ ':method': 'POST', ':path': '/' })
        const told: unknown[] = []
        stream.on('error', (error: Error & { code?: string }) => told.push(error.code))
        stream.end(Buffer.alloc(500, 'x'))
        way(
          () => stream.close(http2.constants.NGHTTP2_CANCEL),
          () => session.destroy(),
        )
        await new Promise<void>((resolve) => {
          stream.once('close', resolve)
        })
        return [...told, stream.rstCode, stream.destroyed]
      }
      const live = await leave()
      assert.deepEqual(await withCassette(bench.path(), { mode: 'all' }, leave), live)
    })
  }

  it('a session that is closed before it is connected is closed in replay, too', async () => {
    await withCassette(bench.path(), { mode: 'all' }, async () => {
      const session = http2.connect(at.url)
      const stream = session.request({ ':path': '/' })
      stream.on('error', () => {})
      await once(session, 'connect')
      session.destroy()
    })
    await withCassette(bench.path(), { mode: 'none' }, async () => {
      const session = http2.connect(at.url)
      session.on('error', () => {})
      const stream = session.request({ ':path': '/' })
      const failed = once(stream, 'error')
      await new Promise<void>((resolve) => {
        session.close(resolve)
      })
      const [error] = (await failed) as [Error & { code?: string }]
      assert.equal(error.code, 'ERR_HTTP2_GOAWAY_SESSION')
    })
  })
})
