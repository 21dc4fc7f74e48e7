import assert from 'node:assert/strict'
import http from 'node:http'
import { text } from 'node:stream/consumers'

import { withCassette } from '../../../src/index.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { startRawServer } from '../raw-server.ts'

/** What a client of `node:http` tells of an answer. */
const asked = (url: string, options: http.RequestOptions): Promise<string> =>
  new Promise((resolve) => {
    const request = http.get(url, { ...options, agent: false }, (response) => {
      text(response).then(
        (body) => resolve(`${response.statusCode} ${Object.keys(response.headers).length} ${body}`),
        (error: unknown) => resolve(String(Reflect.get(error as object, 'code'))),
      )
    })
    request.on('error', (error) => resolve(String(Reflect.get(error, 'code'))))
  })

const fetched = async (url: string, body: string | null): Promise<string> => {
  const response = await fetch(url, { method: 'POST', body })
  return `${response.status} ${await response.text()}`
}

const big = (size: number): string =>
  `HTTP/1.1 200 OK\r\nx-big: ${'b'.repeat(size)}\r\ncontent-length: 2\r\n\r\nok`
const BOTH = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n2\r\nhi\r\n0\r\n\r\n'
const MISDIRECTED = 'HTTP/1.1 421 Misdirected Request\r\ncontent-length: 2\r\n\r\nno'

interface Case {
  readonly answer: string
  readonly ask: (url: string) => Promise<string>
  readonly live: string
}
const lenient = { insecureHTTPParser: true }
const CASES: Readonly<Record<string, Case>> = {
  'two lengths, read by a lenient client': {
    answer: BOTH,
    ask: (url) => asked(url, lenient),
    live: '200 2 hi',
  },
  'two lengths, read by a strict client': {
    answer: BOTH,
    ask: (url) => asked(url, {}),
    live: 'HPE_INVALID_CONTENT_LENGTH',
  },
  'a control character, read by a lenient client': {
    answer: 'HTTP/1.1 200 OK\r\nx-odd: a\u0001b\r\ncontent-length: 2\r\n\r\nok',
    ask: (url) => asked(url, lenient),
    live: '200 2 ok',
  },
  'a head of 70 KB': { answer: big(70_000), ask: (url) => asked(url, {}), live: 'HPE_HEADER_OVERFLOW' },
  'a head of 70 KB, allowed by the client': {
    answer: big(70_000),
    ask: (url) => asked(url, { maxHeaderSize: 100_000 }),
    live: '200 2 ok',
  },
  'a head of 2 MB, allowed by the client': {
    answer: big(2_000_000),
    ask: (url) => asked(url, { maxHeaderSize: 4_000_000 }),
    live: '200 2 ok',
  },
  'a head of 3 KB, too large for the client': {
    answer: big(3_000),
    ask: (url) => asked(url, { maxHeaderSize: 1_000 }),
    live: 'HPE_HEADER_OVERFLOW',
  },
  '421 to fetch': { answer: MISDIRECTED, ask: (url) => fetched(url, null), live: '421 no' },
  '421 to fetch with a body': { answer: MISDIRECTED, ask: (url) => fetched(url, 'text'), live: '421 no' },
}

describe('an answer is read with the settings of its client', () => {
  const folder = tempFolder()
  after(folder.remove)

  for (const [name, { answer, ask, live }] of Object.entries(CASES))
    it(name, async () => {
      const server = await startRawServer((socket) => void socket.write(answer, 'latin1'))
      const path = `${folder.path}/${name.replaceAll(/\W/g, '-')}.yaml`
      const options = { onRecordError: 'record' } as const
      try {
        assert.equal(await ask(server.url), live)
        assert.equal(await withCassette(path, { mode: 'all', ...options }, () => ask(server.url)), live)
      } finally {
        await server.close()
      }
      assert.equal(await withCassette(path, { mode: 'none', ...options }, () => ask(server.url)), live)
    })
})
