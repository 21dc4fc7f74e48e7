import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'

import got from 'got'
import { request as undiciRequest } from 'undici'

import { CassetteMiss, withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { selfSigned } from '../../helpers/tls-certificate.ts'
import { stopwatch } from '../../helpers/stopwatch.ts'

const keys = selfSigned()

interface Seen {
  /** How many 100 responses the client received. */
  readonly asked: number
  readonly status: number
  readonly body: string
}
type Client = (url: string, body: string) => Promise<Seen>

/** Waits for the 100 before it sends the body. */
const viaHttp =
  (agent: http.Agent | false): Client =>
  async (url, body) => {
    const secure = url.startsWith('https:')
    const request = (secure ? https : http).request(url, {
      method: 'POST',
      agent,
      ca: keys.cert,
      headers: { expect: '100-continue', 'content-type': 'text/plain' },
    })
    let asked = 0
    request.on('continue', () => {
      asked++
      // A second 100 throws `write after end` into the process.
      request.end(body)
    })
    request.flushHeaders()
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    let text = ''
    for await (const part of response) text += String(part)
    request.end()
    return { asked, status: response.statusCode ?? 0, body: text }
  }

/** Sends head, wait, body, as curl does. */
const viaSocket: Client = async (url, body) => {
  const { hostname, port, pathname } = new URL(url)
  const socket = net.connect(Number(port), hostname)
  const length = Buffer.byteLength(body)
  socket.write(
    `POST ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`,
  )
  let text = ''
  let sent = false
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    text += chunk
    if (!sent && text.startsWith('HTTP/1.1 100')) {
      sent = true
      socket.write(body)
    }
  })
  await once(socket, 'close')
  const answer = /HTTP\/1\.1 ([2-9]\d\d)[^]*\r\n\r\n([^]*)/.exec(text)
  const unchunked = (answer?.[2] ?? '').replaceAll(/(?:^|\r\n)[0-9a-f]+\r\n/g, '').trim()
  return {
    asked: text.match(/HTTP\/1\.1 100/g)?.length ?? 0,
    status: Number(answer?.[1]),
    body: unchunked,
  }
}

/** Sends the header and does not wait. */
const viaGot: Client = async (url, body) => {
  let asked = 0
  const sent = got.post(url, {
    body,
    headers: { expect: '100-continue', 'content-type': 'text/plain' },
    retry: { limit: 0 },
    throwHttpErrors: false,
    https: { certificateAuthority: keys.cert },
  })
  void sent.on('request', (request: http.ClientRequest) => request.on('continue', () => asked++))
  const { statusCode, body: text } = await sent
  return { asked, status: statusCode, body: text }
}

const keepAlive = new http.Agent({ keepAlive: true, maxSockets: 1 })
const CLIENTS: Readonly<Record<string, Client>> = {
  'http, no agent': viaHttp(false),
  'http, keep-alive': viaHttp(keepAlive),
  'a raw socket': viaSocket,
  got: viaGot,
}

interface Listening {
  readonly url: string
  readonly requests: readonly string[]
  close(): Promise<void>
}

/** Sends 100 and then what it received. Refuses `/no`. */
async function listen(secure: boolean): Promise<Listening> {
  const requests: string[] = []
  const server = secure ? https.createServer(keys) : http.createServer()
  const answer: http.RequestListener = (request, response) => {
    let text = ''
    request.on('data', (part: Buffer) => (text += part.toString()))
    request.on('end', () => {
      requests.push(`${request.headers.expect ?? '-'} ${text}`)
      response.end(`got ${text}`)
    })
  }
  server.on('request', answer)
  server.on('checkContinue', (request: http.IncomingMessage, response: http.ServerResponse) => {
    if (request.url === '/no') {
      response.writeHead(417, { connection: 'close' }).end('no')
      return
    }
    response.writeContinue()
    answer(request, response)
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `${secure ? 'https' : 'http'}://localhost:${port}`,
    requests,
    async close() {
      server.closeAllConnections()
      if (server.listening) await once(server.close(), 'close')
    },
  }
}

describe('Expect: 100-continue', () => {
  const bench = testBench(() => {})
  const open: Listening[] = []
  const start = async (secure = false): Promise<Listening> => {
    const server = await listen(secure)
    open.push(server)
    return server
  }
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close()
  })

  for (const [name, ask] of Object.entries(CLIENTS))
    for (const secure of name === 'a raw socket' || name.includes('keep-alive') ? [false] : [false, true])
      describe(`${name}${secure ? ', TLS' : ''}`, () => {
        it('is recorded and replayed, and gets one 100', async () => {
          const server = await start(secure)
          const live = await ask(server.url, 'one')
          assert.deepEqual(live, { asked: 1, status: 200, body: 'got one' })
          assert.deepEqual(await withCassette(bench.path(), () => ask(server.url, 'one')), live)
          await server.close()
          for (const mode of ['none', 'once', 'new_episodes'] as const)
            assert.deepEqual(
              await withCassette(bench.path(), { mode }, () => ask(server.url, 'one')),
              live,
              mode,
            )
        })

        it('goes live if only other bodies are recorded, and gets one 100', async () => {
          const server = await start(secure)
          const mode = 'new_episodes'
          await withCassette(bench.path(), () => ask(server.url, 'one'))
          await withCassette(bench.path(), { mode }, async (cassette) => {
            // Twice: the second request on a kept connection must be seen, too.
            for (const body of ['two', 'one', 'three'])
              assert.deepEqual(await ask(server.url, body), { asked: 1, status: 200, body: `got ${body}` })
            assert.equal(cassette.recorded, 2)
          })
          assert.deepEqual(
            server.requests,
            ['one', 'two', 'three'].map((body) => `100-continue ${body}`),
            'what the server heard',
          )
          await server.close()
          await withCassette(bench.path(), { mode: 'none' }, async () => {
            for (const body of ['three', 'two', 'one'])
              assert.deepEqual(await ask(server.url, body), { asked: 1, status: 200, body: `got ${body}` })
          })
        })
      })

  it('gets the refusal of its server live, beside recordings and in replay', async () => {
    const server = await start()
    const ask = CLIENTS['http, no agent']!
    await withCassette(bench.path(), () => ask(server.url, 'one'))
    const options = { mode: 'new_episodes', onRecordError: 'record' } as const
    const live = await withCassette(bench.path(), options, () => ask(`${server.url}/no`, 'never'))
    assert.equal(`${live.status} ${live.body}`, '417 no')
    await server.close()
    const again = await withCassette(bench.path(), { mode: 'none' }, () => ask(`${server.url}/no`, 'never'))
    assert.equal(`${again.status} ${again.body}`, '417 no')
  })

  it('passes an ignored path through and nothing else', async () => {
    const server = await start()
    for (const [name, ask] of Object.entries(CLIENTS)) {
      const options = { mode: 'none', ignore: [`${server.url}/alone`] } as const
      const seen = await withCassette(bench.path(), options, () => ask(`${server.url}/alone`, name))
      assert.deepEqual(seen, { asked: 1, status: 200, body: `got ${name}` })
    }
  })

  it('is a miss at once if no recording answers', async () => {
    const server = await start()
    await withCassette(bench.path(), () => CLIENTS['got']!(server.url, 'one'))
    await server.close()
    for (const mode of ['none', 'once'] as const)
      for (const [name, ask] of Object.entries(CLIENTS)) {
        const elapsed = stopwatch()
        const missed = withCassette(bench.path(), { mode }, () => ask(server.url, 'two'))
        await assert.rejects(missed, CassetteMiss, `${name}, ${mode}`)
        assert.ok(elapsed() < 1000, `${name}, ${mode}`)
      }
  })

  it('is refused by undici itself, as without a cassette', async () => {
    const server = await start()
    const ask = (): Promise<unknown> =>
      undiciRequest(server.url, { method: 'POST', headers: { expect: '100-continue' }, body: 'one' })
    const told = { code: 'UND_ERR_NOT_SUPPORTED' }
    await assert.rejects(ask, told)
    await withCassette(bench.path(), () => assert.rejects(ask, told))
  })
})
