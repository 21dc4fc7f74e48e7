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
  /** Paths asked for, in the order in which they came. */
  readonly paths: string[]
  readonly sessions: ReadonlySet<http2.ServerHttp2Session>
  /** Connections accepted so far. */
  readonly connections: number
  /** Stops listening and cuts every connection. Safe to call twice. */
  close(): Promise<void>
}

/** A real HTTP/2 server on a free loopback port, over TLS or not. With `allowHTTP1` it speaks both, as ALPN decides. */
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

/** Everything a program can see of a stream, and of its session. */
export interface StreamView {
  informational: string[][]
  head?: string[]
  body: string
  trailers?: string[]
  aborted: boolean
  rstCode: number | undefined
  error?: { name: string; code: unknown; message: string }
  sessionError?: { code: unknown; message: string }
}

export interface Asked {
  readonly path: string
  readonly method?: string
  readonly headers?: http2.OutgoingHttpHeaders
  readonly body?: string | Buffer
  /** Called with the stream as soon as there is one. */
  readonly use?: (stream: http2.ClientHttp2Stream, session: http2.ClientHttp2Session) => void
}

const errorOf = (error: Error) => ({
  name: error.name,
  code: Reflect.get(error, 'code'),
  message: error.message,
})

/** Makes one request on a session and waits for the end of its stream. */
export function ask(session: http2.ClientHttp2Session, asked: Asked): Promise<StreamView> {
  const view: StreamView = { informational: [], body: '', aborted: false, rstCode: undefined }
  session.on('error', (error) => {
    const { code, message } = errorOf(error as Error)
    view.sessionError = { code, message }
  })
  const { path, method = asked.body === undefined ? 'GET' : 'POST', headers } = asked
  return new Promise((resolve) => {
    const stream = session.request({ ':path': path, ':method': method, ...headers }, { endStream: false })
    stream.setEncoding('utf8')
    stream.on('headers', (_headers, _flags, raw) => view.informational.push([...raw]))
    stream.on('response', (_headers, _flags, raw) => void (view.head = [...raw]))
    stream.on(
      'trailers',
      (_headers: unknown, _flags: unknown, raw: string[]) => void (view.trailers = [...raw]),
    )
    stream.on('data', (text: string) => void (view.body += text))
    stream.on('aborted', () => void (view.aborted = true))
    stream.on('error', (error) => void (view.error = errorOf(error)))
    stream.on('close', () => {
      view.rstCode = stream.rstCode
      // What is to be said of the session is said a moment later.
      setTimeout(() => resolve(view), 20)
    })
    asked.use?.(stream, session)
    if (!stream.destroyed) stream.end(asked.body)
  })
}

/** The same, on a session of its own. */
export async function askOnce(
  server: { readonly url: string; readonly ca?: string | undefined },
  asked: Asked,
  options: http2.SecureClientSessionOptions = {},
): Promise<StreamView> {
  const session = http2.connect(server.url, { ...(server.ca ? { ca: server.ca } : {}), ...options })
  try {
    return await ask(session, asked)
  } finally {
    session.destroy()
  }
}
