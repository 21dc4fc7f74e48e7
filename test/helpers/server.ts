import http from 'node:http'
import https from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenRequest {
  readonly method: string
  /** Path and query, as in the request line. */
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
}

export interface TestServer {
  /** `http://127.0.0.1:PORT`, or with `https:`; without a slash at the end. */
  readonly url: string
  readonly port: number
  /** Every request that arrived completely, in order. */
  readonly requests: readonly SeenRequest[]
  /** Stops listening and closes every connection. A second call does nothing. */
  readonly close: () => Promise<void>
}

export type Handler = (request: SeenRequest, response: ServerResponse) => void | Promise<void>

/**
 * Starts a real HTTP server on a free loopback port. With `tls` it speaks HTTPS. It never keeps the process alive, so a
 * test that does not close it still ends. Close it if the test needs the server to be gone.
 */
export async function startServer(
  handler: Handler,
  tls?: { readonly key: string; readonly cert: string },
): Promise<TestServer> {
  const requests: SeenRequest[] = []
  const listener: http.RequestListener = (request, response) => {
    void answer(request, response).catch((cause: unknown) => {
      response.destroy(cause instanceof Error ? cause : new Error(String(cause)))
    })
  }
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks),
    }
    requests.push(seen)
    await handler(seen, response)
  }

  server.on('connection', (socket) => socket.unref())
  server.unref()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, port, requests, close: () => stop(server) }
}

function stop(server: http.Server | https.Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
