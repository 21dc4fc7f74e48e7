import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2 from 'node:http2'
import net from 'node:net'

import { testBench } from '../../helpers/cassette-folder.ts'
import { type Asked, askOnce, sameInReplay, type StreamView } from '../http2-client.ts'
import { startHttp2Server, type StreamHandler } from '../http2-server.ts'
import { startRawServer } from '../raw-server.ts'

interface Place {
  readonly url: string
  readonly ca?: string | undefined
  readonly asked?: Partial<Asked>
  readonly options?: http2.SecureClientSessionOptions
  close(): Promise<void>
}

const { constants } = http2

const serve =
  (handler: StreamHandler, kind: 'h2c' | 'tls' = 'h2c') =>
  (): Promise<Place> =>
    startHttp2Server(kind, handler)

const socketOf = (stream: http2.ServerHttp2Stream): net.Socket =>
  Object.getOwnPropertySymbols(stream.session ?? {})
    .map((symbol): unknown => Reflect.get(stream.session ?? {}, symbol))
    .find((value) => value instanceof net.Socket) as net.Socket

/** Sends a head and a part of the body. Goes on when the client has received them. */
function begun(then: (stream: http2.ServerHttp2Stream) => void): StreamHandler {
  return (stream) => {
    stream.respond({ ':status': 200, date: 'today' })
    stream.write('the beginning', () => setTimeout(() => then(stream), 30))
  }
}

const reset = (code: number) => (stream: http2.ServerHttp2Stream) => stream.close(code)

const CASES: Readonly<Record<string, () => Promise<Place>>> = {
  'a reset before the head: INTERNAL_ERROR': serve(reset(constants.NGHTTP2_INTERNAL_ERROR)),
  'a reset before the head: REFUSED_STREAM': serve(reset(constants.NGHTTP2_REFUSED_STREAM)),
  'a reset before the head: CANCEL': serve(reset(constants.NGHTTP2_CANCEL)),
  'a reset before the head: NO_ERROR': serve(reset(constants.NGHTTP2_NO_ERROR)),
  'a reset before the head, over TLS': serve(reset(constants.NGHTTP2_ENHANCE_YOUR_CALM), 'tls'),
  'a reset in the body: INTERNAL_ERROR': serve(begun(reset(constants.NGHTTP2_INTERNAL_ERROR))),
  'a reset in the body: CANCEL': serve(begun(reset(constants.NGHTTP2_CANCEL))),
  'the connection is closed before the head': serve((stream) => void socketOf(stream).destroy()),
  'the connection is closed in the body': serve(begun((stream) => socketOf(stream).destroy())),
  'the connection is reset in the body': serve(begun((stream) => void socketOf(stream).resetAndDestroy())),
  'GOAWAY with an error before the head': serve((stream) => stream.session?.destroy(undefined, 2)),
  'GOAWAY with an error in the body': serve(
    begun((stream) => stream.session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM)),
  ),
  'GOAWAY without an error, and the rest': serve(
    begun((stream) => {
      stream.session?.close()
      setTimeout(() => stream.end(' and the rest'), 20)
    }),
  ),
  'no body after all': serve((stream) =>
    stream.respond({ ':status': 204, date: 'today' }, { endStream: true }),
  ),
  'a response before the request has ended': serve((stream) => {
    stream.respond({ ':status': 413, date: 'today' })
    stream.end('too much')
  }),
  async 'connection refused'() {
    const server = await startRawServer(() => {})
    await server.close()
    return { url: server.url, close: async () => {} }
  },
  'unknown host': async () => ({ url: 'http://no-such-host.invalid/', close: async () => {} }),
  async 'a certificate nobody signed'() {
    const server = await startHttp2Server('tls', () => {})
    return { url: server.url, close: server.close }
  },
  async 'TLS to a server that speaks none'() {
    const server = net.createServer((socket) => {
      socket.on('error', () => {})
      socket.end('garbage, of some length')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as net.AddressInfo
    return { url: `https://127.0.0.1:${port}`, close: async () => void server.close() }
  },
  async 'a server that speaks garbage'() {
    const server = await startRawServer((socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
    return { url: server.url, close: server.close }
  },
  async 'a server that sends nothing until the client gives up'() {
    const server = await startRawServer(() => {})
    const use = (stream: http2.ClientHttp2Stream): void =>
      void setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), 60)
    return { url: server.url, close: server.close, asked: { use } }
  },
  async 'a reset in the middle of a frame'() {
    const server = net.createServer((socket) => {
      socket.on('error', () => {})
      // An empty SETTINGS frame, and the first byte of a HEADERS frame that announces 64.
      socket.write(Buffer.from('000000040000000000', 'hex'))
      setTimeout(() => {
        socket.write(Buffer.from('00004001040000000188', 'hex'))
        setTimeout(() => socket.resetAndDestroy(), 30)
      }, 60)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as net.AddressInfo
    return { url: `http://127.0.0.1:${port}`, close: async () => void server.close() }
  },
  async 'a server that hangs up at once'() {
    const server = await startRawServer((socket) => void socket.destroy())
    return { url: server.url, close: server.close }
  },
}

/** What a client does to its own stream, or to the session. */
const LEAVING: Readonly<Record<string, NonNullable<Asked['use']>>> = {
  'close()': (stream) => stream.close(constants.NGHTTP2_CANCEL),
  'close(INTERNAL_ERROR)': (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
  'destroy()': (stream) => void stream.destroy(),
  'destroy(error)': (stream) => void stream.destroy(new Error('enough')),
  'session.destroy()': (_stream, session) => session.destroy(),
  'session.destroy(error)': (_stream, session) => session.destroy(new Error('enough')),
}

describe('an HTTP/2 failure is the same in replay', () => {
  const bench = testBench(() => {})

  for (const [title, start] of Object.entries(CASES)) {
    it(title, async () => {
      const place = await start()
      const run = (): Promise<StreamView> => askOnce(place, { path: '/', body: 'asked', ...place.asked })
      await sameInReplay(bench.path(), () => place.close(), run, 1)
    }).timeout(5000)
  }

  it('the program closes its session before it is connected', async () => {
    const server = await startHttp2Server('h2c', (stream) => void stream.end())
    const use: Asked['use'] = (_stream, session) => session.close()
    const run = (): Promise<StreamView> => askOnce(server, { path: '/', use })
    try {
      const { error } = await sameInReplay(bench.path(), () => server.close(), run, 0)
      assert.equal(error?.code, 'ERR_HTTP2_GOAWAY_SESSION')
    } finally {
      await server.close()
    }
  })

  const SILENT: StreamHandler = () => {}
  const STALLED = begun(() => {})

  for (const [name, leave] of Object.entries(LEAVING)) {
    for (const [when, handler, use] of [
      ['at once', SILENT, leave],
      [
        'before the head',
        SILENT,
        ((stream, session) => void setTimeout(() => leave(stream, session), 60)) as typeof leave,
      ],
      [
        'in the body',
        STALLED,
        ((stream, session) => void stream.once('data', () => leave(stream, session))) as typeof leave,
      ],
    ] as const) {
      it(`the client leaves ${when}: ${name}`, async () => {
        const server = await startHttp2Server('h2c', handler)
        const run = (): Promise<StreamView> => askOnce(server, { path: '/', body: 'asked', use })
        try {
          await sameInReplay(bench.path(), () => server.close(), run, when === 'at once' ? undefined : 1)
        } finally {
          await server.close()
        }
      }).timeout(5000)
    }
  }
})
