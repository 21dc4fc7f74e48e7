import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'

import got from 'got'
import { Agent, request as undiciRequest } from 'undici'
import { request as undici6Request } from 'undici6'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { rawServerBench, startRawServer } from './raw-server.ts'

const INTERIM = [
  'HTTP/1.1 102 Processing\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nlink: </b.js>\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nX-Late: soon\r\n\r\n',
]
const FINAL = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

interface Seen {
  readonly interim: string[]
  readonly status: number
  readonly body: string
}
type Client = (url: string) => Promise<Seen>

const line = (status: number, flat: readonly (string | Buffer)[]): string =>
  [status, ...flat.map((one) => (Buffer.isBuffer(one) ? one.toString('latin1') : one))].join('|')

type Undici = (url: string, options: Record<string, unknown>) => ReturnType<typeof undiciRequest>
const viaUndici =
  (request: Undici, dispatcher?: Agent): Client =>
  async (url) => {
    const interim: string[] = []
    const { statusCode, body } = await request(url, {
      responseHeaders: 'raw',
      ...(dispatcher ? { dispatcher } : {}),
      onInfo: ({ statusCode: status, headers }: { statusCode: number; headers: (string | Buffer)[] }) =>
        interim.push(line(status, headers)),
    })
    return { interim, status: statusCode, body: await body.text() }
  }

const CLIENTS: Readonly<Record<string, Client>> = {
  async http(url) {
    const interim: string[] = []
    const request = http.get(url)
    request.on('information', ({ statusCode, rawHeaders }) => interim.push(line(statusCode, rawHeaders)))
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    let body = ''
    for await (const part of response) body += String(part)
    return { interim, status: response.statusCode ?? 0, body }
  },
  async got(url) {
    const interim: string[] = []
    const asked = got(url, { retry: { limit: 0 } })
    void asked.on('request', (request: http.ClientRequest) =>
      request.on('information', ({ statusCode, rawHeaders }) => interim.push(line(statusCode, rawHeaders))),
    )
    const { statusCode, body } = await asked
    return { interim, status: statusCode, body }
  },
  'undici request': viaUndici(undiciRequest),
  'undici request, an Agent of its own': viaUndici(undiciRequest, new Agent()),
  'undici 6 request': viaUndici(undici6Request as unknown as Undici),
  async fetch(url) {
    const response = await fetch(url)
    return { interim: [], status: response.status, body: await response.text() }
  },
}

describe('responses before the response (1xx)', () => {
  const bench = testBench(() => {})
  const server = rawServerBench((socket) => {
    for (const one of INTERIM) socket.write(one)
    socket.write(FINAL)
  })

  for (const [name, ask] of Object.entries(CLIENTS))
    it(`${name} gets the same ones in replay, in order and with raw headers`, async () => {
      const live = await ask(server.url)
      if (name !== 'fetch')
        assert.deepEqual(live.interim, [
          '102',
          '103|Link|</a.css>; rel=preload|link|</b.js>',
          '103|X-Late|soon',
        ])
      assert.deepEqual(await withCassette(bench.path(), () => ask(server.url)), live, 'while recording')
      assert.equal(bench.read()?.match(/status: 10[23]/g)?.length, 3, 'in the file')
      await server.close()
      assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, () => ask(server.url)), live)
    })
})

describe('100 Continue', () => {
  const bench = testBench(() => {})

  it('that the client did not ask for arrives live and is not recorded', async () => {
    const server = await startRawServer((socket) => socket.write(`HTTP/1.1 100 Continue\r\n\r\n${FINAL}`))
    try {
      const { status, body } = await withCassette(bench.path(), () => CLIENTS['http']!(server.url))
      assert.equal(`${status} ${body}`, '200 ok')
      assert.doesNotMatch(bench.read() ?? '', /informational/)
    } finally {
      await server.close()
    }
  })
})
