import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { VIEWING_CLIENTS } from './http-views.ts'
import { type Script, startRawServer } from './raw-server.ts'

const say =
  (text: string, then: 'stay' | 'end' | 'reset' = 'stay'): Script =>
  (socket) => {
    socket.write(Buffer.from(text, 'latin1'))
    if (then === 'end') socket.end()
    // A moment later: a reset may overtake data that was written before it.
    if (then === 'reset') setTimeout(() => socket.resetAndDestroy(), 20)
  }
const head = (...lines: string[]): string => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n')

/** What each broken server sends, and how. */
const CASES: Readonly<Record<string, Script>> = {
  'a bad status line': say('HTTX/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', 'end'),
  'a status that is not a number': say('HTTP/1.1 abc OK\r\ncontent-length: 2\r\n\r\nok', 'end'),
  'bytes that are not HTTP': say('\0\x01\x02 SSH-2.0-OpenSSH\r\n', 'end'),
  'nothing, and the connection ends': say('', 'end'),
  'nothing, and a reset': say('', 'reset'),
  'an end in the middle of the head': say('HTTP/1.1 200 OK\r\ncontent-le', 'end'),
  'an interim response only': say('HTTP/1.1 102 Processing\r\n\r\n', 'end'),
  'a bad chunk size': say(`${head('transfer-encoding: chunked')}5\r\nhello\r\nzz\r\nworld\r\n`, 'end'),
  'a chunked body without its end': say(`${head('transfer-encoding: chunked')}5\r\nhello\r\n`, 'end'),
  'a chunk shorter than it says': say(`${head('transfer-encoding: chunked')}9\r\nhello`, 'end'),
  'a content-length too large': say(`${head('content-length: 100')}hello`, 'end'),
  'a content-length too small': say(`${head('content-length: 3')}hello`, 'end'),
  'a content-length that is not a number': say(`${head('content-length: abc')}hello`, 'end'),
  'two content-lengths that differ': say(`${head('content-length: 5', 'content-length: 4')}hello`, 'end'),
  'content-length and chunked': say(
    `${head('content-length: 5', 'transfer-encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`,
    'end',
  ),
  'a header without a colon': say(`${head('content-length: 5', 'oops')}hello`, 'end'),
  'a header name with a space': say(`${head('content-length: 5', 'x y: 1')}hello`, 'end'),
  'a carriage return in a header value': say(
    `${head('content-length: 5', 'x-a: 1\rX-Injected: 2')}hello`,
    'end',
  ),
  'a line feed in a header value': say(`${head('content-length: 5', 'x-a: 1\nX-Injected: 2')}hello`, 'end'),
  'a NUL in a header value': say(`${head('content-length: 5', 'x-a: 1\x002')}hello`, 'end'),
  'a NUL in a header name': say(`${head('content-length: 5', 'x\0a: 1')}hello`, 'end'),
  'headers of 20 KB': say(`${head('content-length: 5', `x-a: ${'a'.repeat(20_000)}`)}hello`, 'end'),
  'a body where there must be none': say('HTTP/1.1 204 No Content\r\n\r\nhello', 'end'),
  'a second response nobody asked for': say(
    `${head('content-length: 5')}hello${head('content-length: 5')}again`,
  ),
  'a reset in mid-body': say(`${head('content-length: 100')}hello`, 'reset'),
  'a gzip body that is none': say(`${head('content-length: 5', 'content-encoding: gzip')}hello`, 'end'),
}

describe('a broken server is recorded as it was, and replayed with the same failure', () => {
  const bench = testBench(() => {})
  const rejections: unknown[] = []
  const note = (error: unknown): void => void rejections.push(error)
  before(() => process.on('unhandledRejection', note))
  after(() => process.off('unhandledRejection', note))

  for (const [title, script] of Object.entries(CASES)) {
    describe(title, () => {
      for (const { name, view } of VIEWING_CLIENTS) {
        it(name, async () => {
          const server = await startRawServer(script)
          const live = await view(server.url)
          const recording = await withCassette(bench.path(), () => view(server.url))
          assert.deepEqual(recording, live, 'while recording')
          const { requests } = server
          await server.close()
          await sleep(5)
          const replayed = await withCassette(bench.path(), { mode: 'none' }, () => view(server.url))
          assert.deepEqual(replayed, live, 'in replay')
          assert.equal(requests, 2)
          await sleep(0)
          assert.deepEqual(rejections, [])
        }).timeout(4000)
      }
    })
  }
})
