import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort } from 'node:worker_threads'

/** A server in a thread of its own, for clients that block theirs; tells its port, then each request's path. */
const server = http.createServer((request, response) => {
  // A thread's port, no window.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parentPort?.postMessage(request.url)
  response.end('live')
})
server.listen(0, '127.0.0.1', () =>
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parentPort?.postMessage((server.address() as AddressInfo).port),
)
