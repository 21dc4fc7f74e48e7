import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { isoNow, monotonicNow, timer } from '../clock.ts'
import { answer, type ServerOptions, type Told } from './answer.ts'
import { refuse } from './refuse.ts'

/** How long an upload may take, ms. */
const REQUEST_MS = 120_000
/** How long a stop waits for requests that run, ms. */
const STOP_MS = 10_000

export interface RegistryServer {
  readonly url: string
  /** Answers what it has begun, and ends. */
  stop(): Promise<void>
}

/** Serves a registry over HTTP. TLS is for a proxy in front. */
export async function startServer(options: ServerOptions): Promise<RegistryServer> {
  const { host, port, log } = options
  const server = createServer({
    requestTimeout: REQUEST_MS,
    headersTimeout: 15_000,
    keepAliveTimeout: 15_000,
  })
  let isStopping = false
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const start = monotonicNow()
    response.setHeader('cassette-registry', '1')
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader('cache-control', 'no-store')
    if (isStopping) response.setHeader('connection', 'close')
    const told: Told = {}
    response.once('close', () =>
      log(
        JSON.stringify({
          time: isoNow(),
          method: request.method,
          ...told,
          status: response.statusCode,
          ms: Math.round(monotonicNow() - start),
          ...(response.writableFinished ? {} : { cutOff: true }),
        }),
      ),
    )
    answer({ ...options, request, response, told }).catch((error: unknown) => refuse(response, error, log))
  })
  server.listen(port, host)
  await once(server, 'listening')
  const at = server.address() as AddressInfo
  return {
    url: `http://${at.family === 'IPv6' ? `[${at.address}]` : at.address}:${at.port}`,
    stop: () => {
      isStopping = true
      return stopped(server)
    },
  }
}

async function stopped(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const limit = timer(() => server.closeAllConnections(), STOP_MS)
  await closed
  limit.stop()
}
