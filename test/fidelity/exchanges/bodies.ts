import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { eventStream, isSse, streamedAnswer, wholeAnswer } from '../answers.ts'
import { CHUNKED, head, JSON_TYPE, say, sayChunks, TEXT } from '../say.ts'
import type { Exchange, ExchangeFamily } from '../types.ts'

/** Bytes that look random and are the same in every run. Every value occurs. */
export function noise(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  let state = 0x9e3779b9
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}

const rows = (length: number): string =>
  JSON.stringify({ rows: Array.from({ length }, (_, id) => ({ id, text: `row ${id} ${'é'.repeat(35)}` })) })
const HUGE = 100 * 1024 * 1024
const BINARY = ['content-type', 'application/octet-stream'] as const

export const BODIES: ExchangeFamily = {
  name: 'Bodies',
  exchanges: [
    { name: 'JSON', serve: (wire, dialect) => say(wire, '200 OK', [JSON_TYPE], wholeAnswer(dialect)) },
    {
      name: 'JSON, chunked',
      serve: (wire, dialect) => {
        const text = Buffer.from(wholeAnswer(dialect))
        return sayChunks(wire, [JSON_TYPE], [text.subarray(0, 11), text.subarray(11)])
      },
    },
    { name: 'JSON of 100 KB', serve: (wire) => say(wire, '200 OK', [JSON_TYPE], rows(1000)) },
    {
      name: 'JSON of 5 MB',
      needs: ['large'],
      serve: (wire) => say(wire, '200 OK', [JSON_TYPE], rows(50_000)),
    },
    { name: 'an empty body', serve: (wire) => say(wire, '200 OK', [TEXT]) },
    {
      name: 'text in latin1',
      serve: (wire) =>
        say(
          wire,
          '200 OK',
          [['content-type', 'text/plain; charset=iso-8859-1']],
          Buffer.from('caf\u00e9', 'latin1'),
        ),
    },
    { name: 'a body without a content-type', serve: (wire) => say(wire, '200 OK', [], 'what is this?') },
    { name: 'binary, 256 KB', serve: (wire) => say(wire, '200 OK', [BINARY], noise(256 * 1024)) },
    {
      name: 'binary, 100 MB',
      needs: ['huge'],
      async serve(wire) {
        await wire.body
        wire.write(head('200 OK', BINARY, ['content-length', String(HUGE)]))
        const part = noise(1024 * 1024)
        for (let sent = 0; sent < HUGE; sent += part.length) {
          if (wire.socket.destroyed) return
          if (!wire.write(part)) await once(wire.socket, 'drain')
        }
      },
    },
    {
      name: 'chunks of every size',
      serve: (wire) =>
        sayChunks(
          wire,
          [BINARY],
          [1, 2, 255, 4096, 65_537, 3].map((size) => noise(size)),
        ),
    },
  ],
}

const streamed = (name: string, shape: (text: string) => string, gapMs = 0): Exchange => ({
  name,
  request: { streaming: true },
  serve(wire, dialect) {
    const { type, parts } = streamedAnswer(dialect)
    const shaped = isSse(dialect) ? parts.map((part) => Buffer.from(shape(part.toString()))) : parts
    return sayChunks(wire, [['content-type', type]], shaped, { gapMs })
  },
})

/** Cuts a text in the middle of characters and lines. */
const shredded = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))

export const STREAMS: ExchangeFamily = {
  name: 'Streams',
  exchanges: [
    streamed('SSE', (text) => text),
    streamed('SSE with CRLF', (text) => text.replaceAll('\n', '\r\n')),
    streamed('SSE with comments, ids and retry', (text) => `: ping\n\nid: 7\nretry: 10\n${text}`),
    { ...streamed('SSE with gaps', (text) => text, 8), slow: true },
    {
      name: 'SSE, UTF-8 split between chunks',
      request: { streaming: true },
      serve(wire, dialect) {
        const { type, parts } = streamedAnswer(dialect)
        return sayChunks(wire, [['content-type', type]], shredded(Buffer.concat(parts), 61))
      },
    },
    {
      name: 'SSE, gzip',
      request: { streaming: true },
      serve(wire, dialect) {
        const { type, parts } = streamedAnswer(dialect)
        const coded = gzipSync(Buffer.concat(parts))
        return sayChunks(
          wire,
          [
            ['content-type', type],
            ['content-encoding', 'gzip'],
          ],
          shredded(coded, 50),
        )
      },
    },
    {
      name: 'NDJSON',
      serve: (wire) =>
        sayChunks(
          wire,
          [['content-type', 'application/x-ndjson']],
          ['{"a":1}\n{"b"', ':"ü"}\n', '{"c":null}'],
        ),
    },
    {
      name: 'AWS event stream',
      request: { streaming: true },
      serve: (wire) =>
        sayChunks(
          wire,
          [['content-type', 'application/vnd.amazon.eventstream']],
          shredded(eventStream(), 90),
        ),
    },
    {
      name: 'JSON array, element by element',
      serve: (wire) => sayChunks(wire, [JSON_TYPE], ['[{"a":1}', ',\r\n{"b":"€"}', ',\r\n{"c":[]}', ']']),
    },
  ],
}

const CODERS = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync, zstd: zstdCompressSync }

export const ENCODINGS: ExchangeFamily = {
  name: 'Content encodings',
  exchanges: [
    ...Object.entries(CODERS).map(([coding, encode]): Exchange => ({
      name: coding,
      serve: (wire, dialect) =>
        say(
          wire,
          '200 OK',
          [JSON_TYPE, ['content-encoding', coding]],
          encode(Buffer.from(wholeAnswer(dialect))),
        ),
    })),
    {
      name: 'raw deflate',
      serve: (wire, dialect) =>
        say(
          wire,
          '200 OK',
          [JSON_TYPE, ['content-encoding', 'deflate']],
          deflateRawSync(wholeAnswer(dialect)),
        ),
    },
    {
      name: 'gzip, chunked, 300 KB',
      serve: (wire) =>
        sayChunks(
          wire,
          [TEXT, ['content-encoding', 'gzip'], ['vary', 'accept-encoding']],
          shredded(gzipSync(noise(225_000).toString('base64')), 30_000),
        ),
    },
    {
      name: 'two codings',
      serve: (wire) =>
        say(wire, '200 OK', [TEXT, ['content-encoding', 'gzip, br']], brotliCompressSync(gzipSync('twice'))),
    },
    {
      name: 'an unknown coding',
      serve: (wire) => say(wire, '200 OK', [TEXT, ['content-encoding', 'x-rot13']], 'uryyb'),
    },
    {
      name: 'gzip of HEAD',
      needs: ['method'],
      request: { method: 'HEAD' },
      serve: (wire) =>
        void wire.write(head('200 OK', TEXT, ['content-encoding', 'gzip'], ['content-length', '33'])),
    },
    {
      name: 'identity',
      serve: (wire) => say(wire, '200 OK', [TEXT, ['content-encoding', 'identity']], 'as it is'),
    },
    {
      name: 'gzip, cut short',
      needs: ['direct'],
      async serve(wire) {
        await wire.body
        const coded = gzipSync(noise(20_000))
        wire.write(head('200 OK', TEXT, ['content-encoding', 'gzip'], CHUNKED))
        wire.write(Buffer.concat([Buffer.from('2000\r\n'), coded.subarray(0, 0x2000), Buffer.from('\r\n')]))
        await sleep(5)
        wire.socket.end()
      },
    },
  ],
}
