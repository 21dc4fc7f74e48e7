import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'

export interface SocketServer {
  /** `ws://127.0.0.1:PORT`, or `wss://localhost:PORT`; without a slash at the end. */
  readonly url: string
  /** The number of WebSockets that clients have opened. */
  readonly opened: number
  /** The request headers of each opening. */
  readonly openings: readonly http.IncomingHttpHeaders[]
  /** Stops listening and closes every connection. */
  close(): Promise<void>
}

export type Serve = (socket: WebSocket, request: http.IncomingMessage) => void

/** Starts a real WebSocket server on a free loopback port. It offers compression and never keeps the process alive. */
export async function startWebSocketServer(
  serve: Serve,
  options: ServerOptions & { readonly tls?: { readonly key: string; readonly cert: string } } = {},
): Promise<SocketServer> {
  const { tls, ...rest } = options
  const server = tls ? https.createServer(tls) : http.createServer()
  const sockets = new WebSocketServer({ perMessageDeflate: true, ...rest, server })
  const openings: http.IncomingHttpHeaders[] = []
  sockets.on('connection', (socket, request) => {
    openings.push(request.headers)
    socket.on('error', () => {})
    serve(socket, request)
  })
  server.on('connection', (socket) => socket.unref())
  server.unref().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: tls ? `wss://localhost:${port}` : `ws://127.0.0.1:${port}`,
    get opened() {
      return openings.length
    },
    openings,
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
