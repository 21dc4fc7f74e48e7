import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import type { AddressInfo } from 'node:net'

export interface Asked {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
  readonly json: () => Record<string, unknown>
}

/** One request of a plain HTTP client. */
export async function ask(
  url: string,
  options: http.RequestOptions = {},
  body?: string | Uint8Array,
): Promise<Asked> {
  const request = http.request(url, options)
  request.end(body)
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: bytes,
    json: () => JSON.parse(bytes.toString()) as Record<string, unknown>,
  }
}

/** Sends bytes, and gives all that comes back until the other side closes, or `ms` pass without any. */
export async function sendBytes(port: number, bytes: string, ms = 1000): Promise<string> {
  const socket = net.connect(port, '127.0.0.1')
  socket.setTimeout(ms, () => socket.destroy())
  socket.on('error', () => {})
  socket.write(bytes, 'latin1')
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    // One response is enough.
    if (/\r\n\r\n/.test(text) && !/^HTTP\/1.1 1/.test(text)) socket.end()
  })
  await once(socket, 'close')
  return text
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
