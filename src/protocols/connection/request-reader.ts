import { Server } from 'node:http'
import { Duplex } from 'node:stream'

import { BodyGatherer } from '../../exchange/body-gatherer.ts'
import { unobserved } from '../internals/http-client/unobserved.ts'

/** Reads the body of one request from the bytes that a client writes. */
export interface RequestReader {
  write(chunk: Uint8Array): void
  /**
   * `null`: the request has no body. Rejects if the client leaves before the end of the body, or does not write HTTP.
   */
  readonly body: Promise<Uint8Array | null>
}

/**
 * Reads the body of a GET or HEAD request. The interceptors drop it, because fetch's `Request` does not allow one.
 * @remarks Node's own HTTP server parses the bytes, over a stream in memory. response-reader.ts does the same for
 * responses.
 */
export function readRequest(left: AbortSignal): RequestReader {
  const body = new BodyGatherer()
  const wire = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  const server = unobserved(() => new Server({ maxHeaderSize: 1024 * 1024 }))
  server.on('request', (request) => {
    request.on('data', (chunk: Buffer) => body.data(chunk))
    request.on('end', () => {
      body.end()
      wire.destroy()
    })
  })
  const failed = (): void => {
    body.fail(new Error('the request body did not end'))
    wire.destroy()
  }
  server.on('clientError', failed)
  wire.on('error', failed)
  left.addEventListener('abort', failed, { once: true })
  server.emit('connection', wire)
  return { write: (chunk) => void wire.push(chunk), body: body.whole }
}
