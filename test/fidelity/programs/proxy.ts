import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

/** An HTTP proxy for tunnels and absolute URLs. It runs in its own thread, where nothing is patched. */
const server = http.createServer((request, response) => {
  const upstream = http.request(
    request.url ?? '',
    { method: request.method, headers: request.rawHeaders, agent: false },
    (answer) => {
      response.sendDate = false
      response.writeHead(answer.statusCode ?? 0, answer.statusMessage, answer.rawHeaders)
      answer.pipe(response)
      answer.on('error', () => response.destroy())
    },
  )
  upstream.on('error', () => response.destroy())
  response.on('close', () => upstream.destroy())
  request.pipe(upstream)
})
server.on('connect', (request, client: net.Socket) => {
  const { hostname, port } = new URL(`http://${request.url}`)
  const upstream = net.connect(Number(port), hostname, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    client.pipe(upstream)
    upstream.pipe(client)
  })
  upstream.on('error', () => client.destroy())
  client.on('error', () => upstream.destroy())
  upstream.on('close', () => client.destroy())
  client.on('close', () => upstream.destroy())
})
server.listen(workerData as number, '127.0.0.1', () =>
  // This is the port of a thread, not a window.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parentPort?.postMessage((server.address() as AddressInfo).port),
)
