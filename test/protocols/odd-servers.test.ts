import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

import { Agent, request as undiciRequest } from 'undici'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { type RawServer, type Script, startRawServer } from './raw-server.ts'
import { stopwatch } from '../helpers/stopwatch.ts'

const TOO_LARGE = 'HTTP/1.1 413 Payload Too Large\r\ncontent-length: 5\r\nconnection: close\r\n\r\nlarge'
const CHUNK = Buffer.alloc(32 * 1024, 'x')
const CHUNKS = 64

const agent = new Agent()

function* endless(): Generator<Buffer> {
  for (let i = 0; i < CHUNKS; i++) yield CHUNK
}
async function* slowly(): AsyncGenerator<Buffer> {
  for (let i = 0; i < 20; i++) {
    yield CHUNK
    await sleep(5)
  }
}

/** What a client reports of an upload: the response, or the failure instead. */
type Upload = (url: string, body: () => Iterable<Buffer> | AsyncIterable<Buffer>) => Promise<string>
const UPLOADS: Readonly<Record<string, Upload>> = {
  fetch: async (url, body) => {
    const response = await fetch(url, { method: 'POST', duplex: 'half', body: body() })
    return `${response.status} ${await response.text()}`
  },
  'undici Agent': async (url, body) => {
    const response = await undiciRequest(url, {
      method: 'POST',
      dispatcher: agent,
      body: Readable.from(body()),
    })
    return `${response.statusCode} ${await response.body.text()}`
  },
  http: async (url, body) => {
    const request = http.request(url, { method: 'POST', agent: false })
    const answered = once(request, 'response') as Promise<[http.IncomingMessage]>
    const source = Readable.from(body())
    source.pipe(request)
    request.on('error', () => source.destroy())
    const [response] = await answered
    response.setEncoding('utf8')
    let text = ''
    for await (const part of response) text += String(part)
    return `${response.statusCode} ${text}`
  },
}

const orFailure = async (run: () => Promise<string>): Promise<string> => {
  try {
    return await run()
  } catch (error) {
    const { cause, code, message } = error as Error & { code?: string; cause?: { code?: string } }
    return `failed: ${cause?.code ?? code ?? message}`
  }
}

describe('odd servers', () => {
  const bench = testBench(() => {})
  const servers: RawServer[] = []
  const start = async (script: Script): Promise<RawServer> => {
    const server = await startRawServer(script)
    servers.push(server)
    return server
  }
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close()
  })

  describe('a server that answers before the request is complete', () => {
    const early: Script = (socket) => void socket.write(TOO_LARGE)
    const earlyAndGone: Script = (socket) => {
      socket.write(TOO_LARGE)
      setTimeout(() => socket.destroy(), 30)
    }

    for (const [name, upload] of Object.entries(UPLOADS)) {
      for (const [how, script] of [
        ['and reads on', early],
        ['and leaves', earlyAndGone],
      ] as const) {
        it(`${name}: ${how}`, async () => {
          const server = await start(script)
          const { url } = server
          const ask = (): Promise<string> => orFailure(() => upload(url, slowly))
          const live = await ask()
          assert.match(live, /413|failed/)
          assert.equal(
            await withCassette(bench.path(), { onRecordError: 'record' }, ask),
            live,
            'while recording',
          )
          await server.close()
          await sleep(5)
          if (live.startsWith('413')) assert.match(bench.read() ?? '', /status: 413/)
          const elapsed = stopwatch()
          assert.equal(await withCassette(bench.path(), { mode: 'none' }, ask), live, 'replayed')
          assert.ok(elapsed() < 1500)
        }).timeout(6000)
      }
    }
  })

  describe('a server that never reads an upload', () => {
    for (const [name, upload] of Object.entries(UPLOADS)) {
      it(`${name}: the client's own timeout ends it, and the cassette closes`, async () => {
        const server = await start((socket) => void socket.pause())
        const { url } = server
        const elapsed = stopwatch()
        await withCassette(bench.path(), { mode: 'all' }, () =>
          Promise.race([orFailure(() => upload(url, endless)), sleep(100)]).then(() => server.close()),
        )
        assert.ok(elapsed() < 6500, `${Math.round(elapsed())} ms`)
      }).timeout(8000)
    }
  })

  describe('a server that sends a large response slowly', () => {
    it('is recorded and replayed as far as it came, and does not keep the cassette open', async () => {
      const server = await start((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n')
        const timer = setInterval(() => socket.write('slow '), 10)
        socket.on('close', () => clearInterval(timer))
      })
      const { url } = server
      const firstWords = async (): Promise<string> => {
        const response = await fetch(url)
        let text = ''
        for await (const chunk of response.body ?? []) {
          text += Buffer.from(chunk).toString()
          if (text.length >= 25) break
        }
        return text.slice(0, 25)
      }
      const elapsed = stopwatch()
      assert.equal(await withCassette(bench.path(), firstWords), 'slow slow slow slow slow ')
      // Left open and not read: closing must not wait for it.
      const open = await withCassette(bench.path('open.yaml'), () => fetch(url))
      assert.ok(elapsed() < 6500, `${Math.round(elapsed())} ms`)
      await open.body?.cancel()
      await server.close()
      assert.equal(
        await withCassette(bench.path(), { mode: 'none' }, firstWords),
        'slow slow slow slow slow ',
      )
    }).timeout(9000)
  })
})
