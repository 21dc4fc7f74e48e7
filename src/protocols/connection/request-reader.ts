import { Server } from 'node:http'
import { Duplex } from 'node:stream'

import { BodyGatherer } from '../../exchange/body-gatherer.ts'

/** Reads one request's body out of the bytes that a client writes. */
export interface RequestReader {
  write(chunk: Uint8Array): void
  /** `null`: none came. Rejects where the client left before its end, or wrote no HTTP. */
  readonly body: Promise<Uint8Array | null>
}

/**
 * For requests whose body the interceptors drop: those that fetch forbids a body, GET and HEAD.
 * @remarks Node's own server reads, over a stream that is no socket; see response-reader.ts for the other direction.
 */
export function readRequest(left: AbortSignal): RequestReader {
  const body = new BodyGatherer()
  const wire = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  const server = new Server({ maxHeaderSize: 1024 * 1024 }, (request) => {
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
