// A forward proxy on a free loopback port, in its own process: no cassette must see its own requests.
// Prints its port on the first line, then a line for each request for a tunnel (`CONNECT host:port`) or for a URL.
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'

const log = (line: string): void => void process.stdout.write(`${line}\n`)

const proxy = http.createServer((request, response) => {
  log(`${request.method} ${request.url}`)
  const { method, headers } = request
  const forwarded = http.request(request.url ?? '', { method: method ?? 'GET', headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 0, answer.headers)
    answer.pipe(response)
  })
  forwarded.on('error', () => response.destroy())
  request.pipe(forwarded)
})
proxy.on('connect', (request, client: net.Socket) => {
  log(`CONNECT ${request.url}`)
  if (request.headers['proxy-authorization'] === 'Basic d3Jvbmc6cGFzcw==') {
    client.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n')
    return
  }
  const { hostname, port } = new URL(`http://${request.url}`)
  const server = net.connect(Number(port), hostname, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    server.pipe(client).pipe(server)
  })
  server.on('error', () => client.destroy())
  client.on('error', () => server.destroy())
})
proxy.listen(0, '127.0.0.1', () => log(String((proxy.address() as AddressInfo).port)))
