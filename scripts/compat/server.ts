import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => void | Promise<void>

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const hello = Buffer.from('hello '.repeat(200))
const encoded: Readonly<Record<string, Buffer>> = {
  gzip: gzipSync(hello),
  br: brotliCompressSync(hello),
  deflate: deflateSync(hello),
}

const counts = new Map<string, number>()
const count = (key: string): number => {
  const next = (counts.get(key) ?? 0) + 1
  counts.set(key, next)
  return next
}

/** The routes of the checks, by the first segment of the path. */
const ROUTES: Readonly<Record<string, Handler>> = {
  async echo(request, response, url) {
    const body = await bodyOf(request)
    response.setHeader('content-type', 'application/json')
    const { method, headers } = request
    response.end(JSON.stringify({ method, path: url.pathname + url.search, headers, body: body.toString() }))
  },
  text: (_, response) => void response.end('plain text'),
  json: (_, response) => void response.setHeader('content-type', 'application/json').end('{"a":1}'),
  badjson: (_, response) => void response.setHeader('content-type', 'application/json').end('{"a":'),
  status: (_, response, url) => {
    const code = Number(url.pathname.split('/')[2])
    response.writeHead(code)
    response.end(code === 204 || code === 304 ? undefined : `status ${code}`)
  },
  encoded: (_, response, url) => {
    const coding = url.pathname.split('/')[2] ?? ''
    response.setHeader('content-encoding', coding).end(encoded[coding])
  },
  // /redirect/CODE/TIMES
  redirect: (_, response, url) => {
    const [, , code, times = '1'] = url.pathname.split('/')
    const left = Number(times) - 1
    response
      .writeHead(Number(code), { location: left > 0 ? `/redirect/${code}/${left}` : '/echo/landed' })
      .end('moving')
  },
  cookies: (_, response) =>
    void response.setHeader('set-cookie', ['a=1; Path=/', 'b=2; Path=/; HttpOnly']).end('cookies'),
  // Fails as often as the path says, then succeeds. The query tells the counters apart.
  flaky: (_, response, url) => {
    const failures = Number(url.pathname.split('/')[2])
    const nth = count(url.search)
    response.writeHead(nth <= failures ? 503 : 200).end(`attempt ${nth}`)
  },
  slow: (_, response) => void setTimeout(() => response.end('at last'), 3000).unref(),
  drip: (_, response) => {
    response.write('first')
    setTimeout(() => response.end(' second'), 3000).unref()
  },
  cut: (_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('only this')
    setTimeout(() => response.destroy(), 20)
  },
  reset: (request) => void request.socket.resetAndDestroy(),
  large: (_, response, url) => void response.end(Buffer.alloc(Number(url.pathname.split('/')[2]), 'x')),
  cached: (_, response, url) =>
    void response.setHeader('cache-control', 'public, max-age=60').end(`made ${count(url.search)}`),
  page: (_, response, url) => {
    const page = Number(url.searchParams.get('page') ?? '1')
    if (page < 3) response.setHeader('link', `</page?page=${page + 1}>; rel="next"`)
    response.setHeader('content-type', 'application/json').end(JSON.stringify([page]))
  },
  form: (_, response) =>
    void response.setHeader('content-type', 'application/x-www-form-urlencoded').end('a=1&b=two'),
}

const notFound: Handler = (_, response) => void response.writeHead(404).end('no such route')

/**
 * Starts a server on a free loopback port, or on a unix socket.
 * @param path of the unix socket
 */
export async function startCompatServer(path?: string): Promise<{ url: string; close(): void }> {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://local')
    const route = ROUTES[url.pathname.split('/')[1] ?? '']
    Promise.resolve((route ?? notFound)(request, response, url)).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => {
    if (path === undefined) server.listen(0, '127.0.0.1', resolve)
    else server.listen(path, resolve)
  })
  const address = server.address() as AddressInfo | string
  return {
    url: typeof address === 'string' ? address : `http://127.0.0.1:${address.port}`,
    close() {
      server.close().closeAllConnections()
    },
  }
}
