import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'

import { selfSigned } from '../helpers/tls-certificate.ts'

export type StreamHandler = (
  stream: http2.ServerHttp2Stream,
  headers: http2.IncomingHttpHeaders,
) => void | Promise<void>

export interface Http2TestServer {
  readonly url: string
  readonly port: number
  /** The certificate to trust; `undefined`: it speaks h2c. */
  readonly ca: string | undefined
  /** The paths of the requests, in order. */
  readonly paths: string[]
  readonly sessions: ReadonlySet<http2.ServerHttp2Session>
  /** Connections accepted so far. */
  readonly connections: number
  /** Stops listening and cuts every connection. Safe to call twice. */
  close(): Promise<void>
}

/** A real HTTP/2 server on a free loopback port, with or without TLS. With `allowHTTP1`, ALPN chooses the version. */
export async function startHttp2Server(
  kind: 'h2c' | 'tls',
  handler: StreamHandler,
  options: http2.SecureServerOptions = {},
): Promise<Http2TestServer> {
  const keys = kind === 'tls' ? selfSigned() : undefined
  const server = keys ? http2.createSecureServer({ ...keys, ...options }) : http2.createServer(options)
  const sessions = new Set<http2.ServerHttp2Session>()
  const sockets = new Set<{ destroy(): void }>()
  const paths: string[] = []
  let connections = 0
  server.on('session', (session) => {
    sessions.add(session)
    session.on('error', () => {})
    session.on('close', () => sessions.delete(session))
  })
  server.on('connection', (socket: { destroy(): void; on(name: 'close', listener: () => void): void }) => {
    connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('stream', (stream, headers) => {
    paths.push(headers[':path'] ?? '')
    stream.on('error', () => {})
    void handler(stream, headers)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `${keys ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    ca: keys?.cert,
    paths,
    sessions,
    get connections() {
      return connections
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const session of sessions) session.destroy()
        for (const socket of sockets) socket.destroy()
      }),
  }
}
