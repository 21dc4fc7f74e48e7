import { setTimeout as sleep } from 'node:timers/promises'
import { wholeAnswer } from '../answers.ts'
import { CHUNKED, chunk, head, JSON_TYPE, length, say, sayChunks, TEXT } from '../say.ts'
import type { Exchange, ExchangeFamily } from '../types.ts'

const status = (line: string, body = `{"error":{"message":"${line}","type":"t","code":"c"}}`): Exchange => ({
  name: line,
  serve: (wire) => say(wire, line, [JSON_TYPE], body),
})

const bare = (line: string, ...headers: readonly (readonly [string, string])[]): Exchange => ({
  name: line,
  async serve(wire) {
    await wire.body
    wire.write(head(line, ...headers))
  },
})

export const STATUSES: ExchangeFamily = {
  name: 'Statuses',
  exchanges: [
    status('201 Created'),
    bare('204 No Content'),
    bare('205 Reset Content', ['content-length', '0']),
    status('206 Partial Content'),
    bare('304 Not Modified', ['etag', '"v1"']),
    status('299 Something Else'),
    status('400 Bad Request'),
    status('401 Unauthorized'),
    status('403 Forbidden'),
    status('404 Not Found'),
    status('409 Conflict'),
    status('418 I’m a teapot'.replace('’', "'")),
    status('422 Unprocessable Entity'),
    status('429 Too Many Requests'),
    status('500 Internal Server Error'),
    status('502 Bad Gateway', '<html>bad gateway</html>'),
    status('503 Service Unavailable'),
    status('529 Site is overloaded'),
    status('599 Network Connect Timeout'),
    {
      name: 'HEAD',
      needs: ['method'],
      request: { method: 'HEAD' },
      serve: (wire) => void wire.write(head('200 OK', TEXT, ['content-length', '1234'], ['etag', '"a"'])),
    },
    {
      name: 'HEAD, 404, chunked',
      needs: ['method'],
      request: { method: 'HEAD' },
      serve: (wire) => void wire.write(head('404 Not Found', TEXT, CHUNKED)),
    },
  ],
}

const raw = (
  name: string,
  text: string,
  then: 'stay' | 'end' = 'stay',
  needs?: Exchange['needs'],
): Exchange => ({
  name,
  ...(needs ? { needs } : {}),
  async serve(wire) {
    await wire.body
    wire.write(Buffer.from(text, 'latin1'))
    if (then === 'end') wire.socket.end()
  },
})

export const HEADS: ExchangeFamily = {
  name: 'Heads and framing',
  exchanges: [
    raw('an empty reason phrase', `HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\nok`),
    raw('no reason phrase at all', `HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok`),
    raw(
      'an odd reason phrase',
      `HTTP/1.1 200 All’s: well! \r\ncontent-length: 2\r\n\r\nok`.replace('’', '\xb4'),
    ),
    {
      name: 'header order, case and repeats',
      serve: (wire, dialect) =>
        say(
          wire,
          '200 OK',
          [
            ['X-Zulu', '1'],
            ['x-alpha', 'a'],
            ['CONTENT-Type', 'application/json'],
            ['X-Zulu', '2'],
            ['Link', '<a>; rel=x'],
            ['Vary', 'origin'],
            ['link', '<b>; rel=y'],
            ['x-empty', ''],
          ],
          wholeAnswer(dialect),
        ),
    },
    {
      name: 'set-cookie, three times',
      serve: (wire, dialect) =>
        say(
          wire,
          '200 OK',
          [
            ['Set-Cookie', 'a=1; Path=/'],
            JSON_TYPE,
            ['set-cookie', 'b=2; HttpOnly'],
            ['Set-Cookie', 'a=3; Expires=Wed, 21 Oct 2026 07:28:00 GMT'],
          ],
          wholeAnswer(dialect),
        ),
    },
    raw('latin1 in a header', 'HTTP/1.1 200 OK\r\nx-name: caf\xe9\r\ncontent-length: 2\r\n\r\nok'),
    {
      name: 'headers of 15 KB',
      serve: (wire) =>
        say(
          wire,
          '200 OK',
          Array.from(
            { length: 15 },
            (_, i) => [`x-header-${i}`, `${i}`.repeat(1000).slice(0, 1000)] as const,
          ),
          'ok',
        ),
    },
    raw(
      'headers of 20 KB, more than Node’s clients take',
      `HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(20_000)}\r\ncontent-length: 2\r\n\r\nok`,
      'end',
      ['direct'],
    ),
    {
      name: 'trailers',
      serve: (wire) =>
        sayChunks(wire, [TEXT, ['trailer', 'x-checksum, X-Two']], ['with ', 'trailers'], {
          last: '0\r\nx-checksum: abc\r\nX-Two: 2\r\n\r\n',
        }),
    },
    {
      name: 'chunk extensions',
      async serve(wire) {
        await wire.body
        wire.write(`${head('200 OK', TEXT, CHUNKED)}3;a=b\r\nabc\r\n0;last\r\n\r\n`)
      },
    },
    raw(
      'HTTP/1.0 with a length',
      'HTTP/1.0 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\nold',
      'end',
      ['direct'],
    ),
    raw(
      'HTTP/1.0, to the end',
      'HTTP/1.0 200 OK\r\ncontent-type: text/plain\r\n\r\nas long as it lasts',
      'end',
      ['direct'],
    ),
    raw(
      'HTTP/1.0, keep-alive',
      'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 3\r\n\r\nold',
      'stay',
      ['direct'],
    ),
    raw(
      'HTTP/1.1, to the end',
      'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/plain\r\n\r\nto the end',
      'end',
    ),
    raw(
      'connection: close with a length',
      'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\nbye!',
      'end',
    ),
    raw(
      'keep-alive with a timeout',
      'HTTP/1.1 200 OK\r\nconnection: keep-alive\r\nkeep-alive: timeout=5\r\ncontent-length: 2\r\n\r\nok',
    ),
    {
      name: '102 and 103 before the response',
      async serve(wire) {
        await wire.body
        wire.write('HTTP/1.1 102 Processing\r\n\r\n')
        wire.write('HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n')
        await sleep(2)
        wire.write(`${head('200 OK', TEXT, length('ok'))}ok`)
      },
    },
    {
      name: 'head and body in separate packets',
      async serve(wire) {
        await wire.body
        for (const part of ['HTTP/1.1 200 OK\r\ncontent-', 'length: 4\r\n\r', '\nab', 'cd']) {
          await sleep(1)
          wire.write(part)
        }
      },
    },
    {
      name: 'a chunk in pieces',
      async serve(wire) {
        await wire.body
        const text = chunk('in pieces')
        wire.write(head('200 OK', TEXT, CHUNKED))
        for (const piece of [
          text.subarray(0, 2),
          text.subarray(2, 6),
          text.subarray(6),
          Buffer.from('0\r\n\r\n'),
        ]) {
          await sleep(1)
          wire.write(piece)
        }
      },
    },
  ],
}
