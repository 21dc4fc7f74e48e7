import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { streamedAnswer, wholeAnswer } from '../fidelity/answers.ts'
import { proxy } from '../fidelity/clients/proxy.ts'
import { CHUNKED, chunk, head, JSON_TYPE, say, sayChunks } from '../fidelity/say.ts'
import type { Dialect } from '../fidelity/types.ts'
import { startWireServer, type Wire } from '../fidelity/wire-server.ts'
import { selfSigned } from '../helpers/tls-certificate.ts'
import { startGrpcServer } from './grpc-clients.ts'
import type { Addresses } from './traveller.ts'
import { serveWebSockets } from './websocket-clients.ts'

export interface Upstream extends Addresses {
  readonly proxy: string
  readonly stop: () => Promise<void>
}

/** The path names the dialect and the kind: `/openai/stream/v1/...` */
const partsOf = (path: string): { dialect: Dialect; kind: string } => {
  const [, dialect = 'plain', kind = ''] = path.replace(/^http:\/\/[^/]+/, '').split(/[/?]/)
  return { dialect: dialect as Dialect, kind }
}

const firstHalf = (parts: readonly Buffer[]): Buffer =>
  Buffer.concat(parts.slice(0, Math.ceil(parts.length / 2)))

async function overHttp1(wire: Wire): Promise<void> {
  const { dialect, kind } = partsOf(wire.target)
  const { type, parts } = streamedAnswer(dialect)
  if (kind === 'abandoned') return
  if (kind === 'stream') return sayChunks(wire, [['content-type', type]], parts)
  if (kind !== 'aborted') return say(wire, '200 OK', [JSON_TYPE], wholeAnswer(dialect))
  await wire.body
  // Sends half of the answer and then nothing, so that the client has time to abort.
  wire.write(head('200 OK', ['content-type', type], CHUNKED))
  wire.write(chunk(firstHalf(parts)))
}

function overHttp2(stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders): void {
  const { dialect, kind } = partsOf(headers[':path'] ?? '')
  const { type, parts } = streamedAnswer(dialect)
  stream.on('error', () => {})
  if (kind === 'abandoned') return
  if (kind === 'whole' || kind === 'secure') {
    stream.respond({ ':status': 200, 'content-type': 'application/json' }, { sendDate: false } as object)
    stream.end(wholeAnswer(dialect))
    return
  }
  stream.respond({ ':status': 200, 'content-type': type }, { sendDate: false } as object)
  if (kind === 'aborted') stream.write(firstHalf(parts))
  else stream.end(Buffer.concat(parts))
}

interface Listening {
  readonly port: number
  stop(): Promise<void>
}

async function listening(server: Server): Promise<Listening> {
  const sockets = new Set<{ destroy(): void; unref(): void }>()
  server.on('connection', (socket) => {
    socket.unref()
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.unref().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function withWebSockets(server: http.Server): http.Server {
  serveWebSockets(server)
  return server
}

/** Starts real loopback servers for every protocol, and the proxy that some clients use. */
export async function startUpstream(keys = selfSigned()): Promise<Upstream> {
  const plain = await startWireServer(overHttp1)
  const secure = await startWireServer(overHttp1, { tls: keys })
  const h2c = await listening(http2.createServer().on('stream', overHttp2))
  const h2 = await listening(http2.createSecureServer(keys).on('stream', overHttp2))
  const ws = await listening(withWebSockets(http.createServer()))
  const wss = await listening(withWebSockets(https.createServer(keys)))
  const grpc = await startGrpcServer()
  const grpcs = await startGrpcServer(keys)
  await proxy.start()
  return {
    plain: `http://127.0.0.1:${plain.port}`,
    secure: `https://localhost:${secure.port}`,
    h2c: `http://127.0.0.1:${h2c.port}`,
    h2: `https://localhost:${h2.port}`,
    ws: `ws://127.0.0.1:${ws.port}`,
    wss: `wss://localhost:${wss.port}`,
    grpc: `127.0.0.1:${grpc.port}`,
    grpcs: `localhost:${grpcs.port}`,
    ca: keys.cert,
    proxy: proxy.url(),
    async stop() {
      grpc.stop()
      grpcs.stop()
      const others = [h2c, h2, ws, wss].map((one) => one.stop())
      await Promise.race([Promise.all([plain.close(), secure.close(), proxy.stop(), ...others]), sleep(500)])
    },
  }
}
