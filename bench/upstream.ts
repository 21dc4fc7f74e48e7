// The live server. It runs in its own process and prints its URL.
import http from 'node:http'
import type { AddressInfo } from 'node:net'

import { PAYLOADS } from './payloads.ts'

const byPath = new Map<string, (typeof PAYLOADS)[keyof typeof PAYLOADS]>(
  Object.values(PAYLOADS).map((payload) => [payload.path, payload]),
)

const server = http.createServer((request, response) => {
  const payload = byPath.get(request.url ?? '')
  if (!payload) {
    response.writeHead(404).end()
    return
  }
  response.setHeader('content-type', payload.type)
  if (payload.chunks.length > 1) for (const chunk of payload.chunks) response.write(chunk)
  response.end(payload.chunks.length === 1 ? payload.chunks[0] : undefined)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
