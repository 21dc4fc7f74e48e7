import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { startServer } from '../helpers/server.ts'
import { selfSigned } from '../helpers/tls-certificate.ts'
import { type View, VIEWING_CLIENTS, type ViewOptions } from './http-views.ts'
import { type Script, startRawServer } from './raw-server.ts'
import { stopwatch } from '../helpers/stopwatch.ts'

interface Unreachable {
  readonly url: string
  readonly options?: ViewOptions
  close?(): Promise<void>
}

const FAILURES: Readonly<Record<string, () => Promise<Unreachable>>> = {
  async 'connection refused'() {
    const server = await startRawServer(() => {})
    await server.close()
    return { url: server.url }
  },
  'unknown host': async () => ({ url: 'http://no-such-host.invalid/' }),
  async 'a certificate nobody signed'() {
    const server = await startServer((_, response) => void response.end('secret'), selfSigned())
    return { url: server.url, close: server.close }
  },
  async 'a certificate for another host'() {
    const keys = selfSigned()
    const server = await startServer((_, response) => void response.end('secret'), keys)
    // The certificate names localhost and 127.0.0.1 only.
    return {
      url: server.url.replace('127.0.0.1', '127.0.0.2'),
      options: { ca: keys.cert },
      close: server.close,
    }
  },
  async 'TLS to a server that speaks none'() {
    const server = await startServer((_, response) => void response.end('plain'))
    return { url: server.url.replace('http:', 'https:'), close: server.close }
  },
  async 'a reset before the head'() {
    const server = await startRawServer((socket) => void socket.resetAndDestroy())
    return { url: server.url, close: server.close }
  },
}

describe('a connection that fails is recorded, and fails in the same way in replay', () => {
  const bench = testBench(() => {})

  for (const [title, fail] of Object.entries(FAILURES)) {
    describe(title, () => {
      for (const { name, view } of VIEWING_CLIENTS) {
        it(name, async () => {
          const { url, options, close } = await fail()
          const live = await view(url, options)
          assert.ok(live.error, 'it fails')
          const recording = await withCassette(bench.path(), () => view(url, options))
          assert.deepEqual(recording, live, 'while recording')
          await close?.()
          const replayed = await withCassette(bench.path(), { mode: 'none' }, async (cassette) => {
            const seen = await view(url, options)
            assert.equal(cassette.played, 1)
            return seen
          })
          assert.deepEqual(replayed, live, 'in replay')
        }).timeout(5000)
      }
    })
  }

  describe("the client's own timeout passes", () => {
    const stall: Script = (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello')
    const [, undici] = VIEWING_CLIENTS

    for (const [where, script] of [
      ['head', () => {}],
      ['body', stall],
    ] as const) {
      it(`while it waits for the ${where}`, async () => {
        assert.ok(undici)
        const server = await startRawServer(script)
        const ask = (): Promise<View> => undici.view(server.url, { timeoutMs: 60 })
        const recording = await withCassette(bench.path(), ask)
        assert.match(recording.error ?? '', /Timeout/)
        await server.close()
        await sleep(5)
        const elapsed = stopwatch()
        assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, ask), recording)
        assert.ok(elapsed() < 300, 'at once')
      }).timeout(5000)
    }
  })
})
