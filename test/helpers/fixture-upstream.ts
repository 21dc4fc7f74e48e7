import type { ServerResponse } from 'node:http'
import { bodyOf, headerOf, type FixtureExchange } from './exchange-files.ts'
import { startServer } from './server.ts'

/** A provider on loopback. A client sends a request for `HOST` to `${url}/__host/HOST/path`. */
export interface Upstream {
  readonly url: string
  /** The number of requests without an answer. */
  readonly unmatched: () => Promise<number>
  readonly close: () => Promise<void>
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length'])

/**
 * Serves recorded exchanges. Answers with the first unserved exchange of the same host, method and path; the request's
 * body does not matter. After the last one it repeats the last one. Answers 599 if the path was never recorded.
 */
export async function startFixtureUpstream(exchanges: readonly FixtureExchange[]): Promise<Upstream> {
  const byRoute = new Map<string, FixtureExchange[]>()
  for (const exchange of exchanges) {
    const route = routeOf(exchange.request.method, new URL(exchange.request.url))
    byRoute.set(route, [...(byRoute.get(route) ?? []), exchange])
  }
  let unmatched = 0
  const server = await startServer(async (request, response) => {
    const [, host, path] = /^\/__host\/([^/]+)(\/.*)$/.exec(request.path) ?? []
    const route = routeOf(request.method, new URL(`http://${host}${path}`))
    const waiting = byRoute.get(route) ?? []
    const exchange = waiting.length > 1 ? waiting.shift() : waiting[0]
    if (exchange === undefined) {
      unmatched++
      response.writeHead(599).end(`no recorded exchange for ${route}`)
      return
    }
    await send(exchange, response)
  })
  return { url: server.url, unmatched: () => Promise.resolve(unmatched), close: server.close }
}

function routeOf(method: string, url: URL): string {
  return `${method} ${url.host}${decodeURIComponent(url.pathname)}`
}

async function send({ response: recorded }: FixtureExchange, response: ServerResponse): Promise<void> {
  const headers = recorded.headers.filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()))
  response.writeHead(recorded.status, headers.flat())
  for (const piece of pieces(bodyOf(recorded), headerOf(recorded.headers, 'content-type'))) {
    response.write(piece)
    await new Promise(setImmediate)
  }
  response.end()
}

/** Writes an event stream event by event, and any other body in one piece. */
function pieces(body: Buffer, type: string): Buffer[] {
  if (!type.startsWith('text/event-stream')) return [body]
  return body
    .toString('latin1')
    .split(/(?<=\r\n\r\n|\n\n)/)
    .map((text) => Buffer.from(text, 'latin1'))
}
