import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'

import * as grpc from '@grpc/grpc-js'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { grpcFrame } from '../../src/exchange/wire/grpc-frame.ts'
import { clientOf, type EchoClient, type Seen, watch } from './grpc/echo.ts'
import { networkUse } from './grpc/network-use.ts'

const hello = Buffer.from('\n\u0005hello')
const OK = { ':status': 200, 'content-type': 'application/grpc+proto' }
type Stream = http2.ServerHttp2Stream

function respond(
  stream: Stream,
  headers: http2.OutgoingHttpHeaders,
  trailers?: http2.OutgoingHttpHeaders,
): void {
  stream.respond({ ...OK, ...headers }, { waitForTrailers: trailers !== undefined })
  if (trailers) stream.on('wantTrailers', () => stream.sendTrailers(trailers))
}

/** The faults of a server, by name. */
const SERVERS: Readonly<Record<string, (stream: Stream) => void>> = {
  'bytes that are not a message': (stream) => {
    respond(stream, {}, { 'grpc-status': '0' })
    stream.end(grpcFrame(Buffer.from('\u00ff\u00ff garbage', 'latin1')))
  },
  'a message that is cut short': (stream) => {
    respond(stream, {}, { 'grpc-status': '0' })
    stream.end(grpcFrame(hello).subarray(0, 8))
  },
  'a message cut by a reset': (stream) => {
    respond(stream, {})
    stream.write(grpcFrame(hello).subarray(0, 8))
    setTimeout(() => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR), 30)
  },
  'an unknown compression': (stream) => {
    respond(stream, { 'grpc-encoding': 'snappy' }, { 'grpc-status': '0' })
    stream.end(grpcFrame(Buffer.from('not gzip'), 1))
  },
  'compressed although its headers deny it': (stream) => {
    respond(stream, {}, { 'grpc-status': '0' })
    stream.end(grpcFrame(gzipSync(hello), 1))
  },
  'a broken gzip': (stream) => {
    respond(stream, { 'grpc-encoding': 'gzip' }, { 'grpc-status': '0' })
    stream.end(grpcFrame(gzipSync(hello).fill(0, 10), 1))
  },
  'no trailers': (stream) => {
    respond(stream, {})
    stream.end(grpcFrame(hello))
  },
  'a status that is not a number': (stream) => {
    respond(stream, {}, { 'grpc-status': 'fine', 'grpc-message': '100%' })
    stream.end(grpcFrame(hello))
  },
  'trailers only': (stream) => {
    stream.respond({ ...OK, 'grpc-status': '5', 'grpc-message': 'no%20such thing%0A' }, { endStream: true })
  },
  'an HTML page of a proxy': (stream) => {
    stream.respond({ ':status': 502, 'content-type': 'text/html' })
    stream.end('<h1>Bad Gateway</h1>')
  },
  'a cancelled stream': (stream) => stream.close(http2.constants.NGHTTP2_CANCEL),
  'too many requests': (stream) => stream.close(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM),
  'a refused stream': (stream) => stream.close(http2.constants.NGHTTP2_REFUSED_STREAM),
  'two answers to a unary call': (stream) => {
    respond(stream, {}, { 'grpc-status': '0' })
    stream.end(Buffer.concat([grpcFrame(hello), grpcFrame(hello)]))
  },
}

describe('the faults of gRPC servers', () => {
  const bench = testBench(() => {})
  let handle: (stream: Stream) => void = () => {}
  let server: http2.Http2Server
  const sessions = new Set<http2.ServerHttp2Session>()

  beforeEach(async () => {
    server = http2.createServer()
    server.on('stream', (stream) => {
      stream.on('error', () => {})
      handle(stream)
    })
    server.on('session', (session) => {
      sessions.add(session)
      session.on('error', () => {})
    })
    server.on('sessionError', () => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterEach(stop)

  function stop(): void {
    for (const session of sessions) session.destroy()
    sessions.clear()
    if (server.listening) server.close()
  }
  const serve = (answer: (stream: Stream) => void): string => {
    handle = answer
    return `127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  const unary = (client: EchoClient): Promise<Seen> =>
    watch((done) => client.Unary({ text: 'x' }, new grpc.Metadata(), { deadline: Date.now() + 1000 }, done))
  const stream = (client: EchoClient): Promise<Seen> =>
    watch(() => client.Down({ text: 'x' }, new grpc.Metadata(), { deadline: Date.now() + 1000 }))

  async function sees(address: string, ...calls: ((client: EchoClient) => Promise<Seen>)[]): Promise<Seen[]> {
    const client = clientOf(address, false)
    const seen: Seen[] = []
    for (const call of calls) seen.push(await call(client))
    client.close()
    return seen
  }

  async function compare(answer: (stream: Stream) => void): Promise<void> {
    const address = serve(answer)
    const run = (): Promise<Seen[]> => sees(address, unary, stream)
    const direct = await run()
    assert.deepEqual(
      await withCassette(bench.path(), { mode: 'all', onRecordError: 'record' }, run),
      direct,
      'recorded',
    )
    stop()
    const use = networkUse()
    assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, run), direct, 'replayed')
    assert.deepEqual(use.stop(), [])
  }

  for (const [name, answer] of Object.entries(SERVERS))
    it(`look the same to clients in a replay as live: ${name}`, () => compare(answer)).timeout(60_000)

  it('include GOAWAY between two calls: the client opens another connection, and a replay needs none', async () => {
    const address = serve((served) => {
      respond(served, {}, { 'grpc-status': '0' })
      served.end(grpcFrame(hello))
      served.on('close', () => served.session?.goaway())
    })
    const pause = async (): Promise<Seen> => {
      await sleep(50)
      return { events: [] }
    }
    const run = (): Promise<Seen[]> => sees(address, unary, pause, stream, pause, unary)
    const direct = await run()
    assert.deepEqual(await withCassette(bench.path(), { mode: 'all' }, run), direct)
    stop()
    assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, run), direct)
  })

  it('do not include a .proto that does not fit: the call is stored without json and replays unchanged', async () => {
    const address = serve((served) => {
      respond(served, {}, { 'grpc-status': '0' })
      served.end(grpcFrame(hello))
    })
    const proto = bench.path('wrong.proto')
    writeFileSync(
      proto,
      'syntax = "proto3"; package test; message M { fixed64 no = 1; } service Echo { rpc Unary(M) returns (M); }',
    )
    const run = (): Promise<Seen[]> => sees(address, unary)
    const direct = await run()
    const options = { grpc: { protos: [proto] } }
    assert.deepEqual(await withCassette(bench.path(), { ...options, mode: 'all' }, run), direct)
    assert.match(bench.read() ?? '', /- \{base64: CgVoZWxsbw==\}/)
    assert.doesNotMatch(bench.read() ?? '', /json/)
    stop()
    assert.deepEqual(await withCassette(bench.path(), { ...options, mode: 'none' }, run), direct)
  })
})
