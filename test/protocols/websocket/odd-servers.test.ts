import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { constants, deflateRawSync } from 'node:zlib'

import { withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { type Heard, SOCKET_CLIENTS } from '../../helpers/websocket-clients.ts'
import { type RawServer, startRawServer } from '../raw-server.ts'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const headOf = (request: string, accept?: string): string => {
  const key = /^sec-websocket-key: *(\S+)/im.exec(request)?.[1] ?? ''
  const proof = createHash('sha1').update(`${key}${GUID}`).digest('base64')
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept ?? proof}`,
    '\r\n',
  ].join('\r\n')
}
const frame = (first: number, payload: Uint8Array | string, length = Buffer.from(payload).length): Buffer => {
  const data = Buffer.from(payload)
  const size = length < 126 ? [length] : length < 65_536 ? [126, length >> 8, length & 255] : undefined
  const head = Buffer.from([first, ...(size ?? [127, 0, 0, 0, 0, 0, 0, 0, 0])])
  if (!size) head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, data])
}
const TEXT = 0x81
const hello = frame(TEXT, 'hello')

/** What each server does with an opening request. It ends the socket only if its name says so. */
const SERVERS: Readonly<Record<string, (socket: Socket, request: string) => unknown>> = {
  'a text that is not UTF-8': (socket, request) =>
    socket.write(
      Buffer.concat([Buffer.from(headOf(request)), hello, frame(TEXT, new Uint8Array([0xff, 0xfe]))]),
    ),
  'reserved bits': (socket, request) =>
    socket.write(Buffer.concat([Buffer.from(headOf(request)), hello, frame(TEXT | 0x40, 'x'), hello])),
  'a reserved opcode': (socket, request) =>
    socket.write(Buffer.concat([Buffer.from(headOf(request)), hello, frame(0x83, 'x')])),
  'a ping that is too long': (socket, request) =>
    socket.write(Buffer.concat([Buffer.from(headOf(request)), hello, frame(0x89, Buffer.alloc(126))])),
  'a ping in fragments': (socket, request) =>
    socket.write(Buffer.concat([Buffer.from(headOf(request)), hello, frame(0x09, 'x')])),
  'a close of one byte': (socket, request) =>
    socket.write(Buffer.concat([Buffer.from(headOf(request)), hello, frame(0x88, 'x')])),
  'a close with a code that must not be sent': (socket, request) =>
    socket.write(
      Buffer.concat([Buffer.from(headOf(request)), hello, frame(0x88, new Uint8Array([3, 0xed]))]),
    ),
  'a message within another': (socket, request) =>
    socket.write(Buffer.concat([Buffer.from(headOf(request)), hello, frame(0x01, 'begun'), hello])),
  'a continuation of nothing': (socket, request) =>
    socket.write(Buffer.concat([Buffer.from(headOf(request)), hello, frame(0x80, 'x')])),
  'a masked frame': (socket, request) =>
    socket.write(
      Buffer.concat([Buffer.from(headOf(request)), hello, Buffer.from([0x81, 0x81, 1, 2, 3, 4, 0x79])]),
    ),
  garbage: (socket, request) => socket.write(`${headOf(request)}${'no frame at all\n'.repeat(50)}`),
  'HTTP where a frame should be': (socket, request) =>
    socket.write(`${headOf(request)}HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n`),
  'an end in the middle of a frame': (socket, request) =>
    socket.end(Buffer.concat([Buffer.from(headOf(request)), hello, frame(TEXT, 'half of it', 5000)])),
  'a reset in the middle of a frame': (socket, request) => {
    socket.write(Buffer.concat([Buffer.from(headOf(request)), hello, frame(TEXT, 'half of it', 5000)]))
    setTimeout(() => socket.resetAndDestroy(), 30)
  },
  'an end without a close': (socket, request) =>
    socket.end(Buffer.concat([Buffer.from(headOf(request)), hello])),
  'a reset at once': (socket, request) => {
    socket.write(Buffer.concat([Buffer.from(headOf(request)), hello]))
    setTimeout(() => socket.resetAndDestroy(), 30)
  },
  'a close that is empty': (socket, request) =>
    socket.end(Buffer.concat([Buffer.from(headOf(request)), hello, frame(0x88, '')])),
  'a head in small pieces': async (socket, request) => {
    const bytes = Buffer.concat([Buffer.from(headOf(request)), hello, frame(0x88, '')])
    for (let at = 0; at < bytes.length; at += 7) {
      socket.write(bytes.subarray(at, at + 7))
      await sleep(2)
    }
    socket.end()
  },
  'a compression, offered or not': (socket, request) => {
    const squeezed = deflateRawSync('compressed', { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
    const head = headOf(request).replace(
      '\r\n\r\n',
      '\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
    )
    const close = frame(0x88, new Uint8Array([3, 0xe8]))
    socket.end(Buffer.concat([Buffer.from(head), frame(TEXT | 0x40, squeezed), hello, close]))
  },
  'an early hint first': (socket, request) =>
    socket.end(
      Buffer.concat([
        Buffer.from(`HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n${headOf(request)}`),
        hello,
        frame(0x88, new Uint8Array([3, 0xe8])),
      ]),
    ),
  'a wrong proof': (socket, request) => socket.write(headOf(request, 'bm90IHRoZSByaWdodCBvbmU=')),
  '401': (socket) =>
    socket.write('HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer\r\ncontent-length: 4\r\n\r\nno!\n'),
  'a redirect': (socket) =>
    socket.write('HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n'),
  'a plain 200': (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
  'bytes that are not HTTP': (socket) => socket.write('what?\r\n\r\n'),
  'an end before the head': (socket) => socket.end(),
  'a reset before the head': (socket) => socket.resetAndDestroy(),
}

describe('the WebSockets of odd servers are recorded as they were, and replayed alike', () => {
  const bench = testBench(() => {})
  const running: { server?: RawServer } = {}
  afterEach(() => running.server?.close())

  for (const client of SOCKET_CLIENTS) {
    describe(client.name, () => {
      for (const [name, serve] of Object.entries(SERVERS)) {
        it(name, async () => {
          const server = await startRawServer((...asked) => void serve(...asked))
          running.server = server
          const { url } = server
          const run = async (): Promise<readonly Heard[]> => {
            const line = client.open(`${url.replace('http', 'ws')}/odd`)
            for (let what = await line.next(); what[0] !== 'close'; what = await line.next()) {
              if (what[0] === 'error' && client.endsWithError) {
                await Promise.race([line.closed, sleep(50)])
                break
              }
            }
            return line.heard
          }
          const live = await run()
          const recorded = await withCassette(bench.path(), { mode: 'once', onRecordError: 'record' }, run)
          assert.deepEqual(recorded, live)
          await server.close()
          const replayed = await withCassette(bench.path(), { mode: 'none' }, run)
          assert.deepEqual(replayed, live)
        })
      }
    })
  }
})
