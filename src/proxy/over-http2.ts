import http2, { type ClientHttp2Session, constants } from 'node:http2'

import { toError } from '../base/to-error.ts'
import type { HeaderPairs } from '../exchange/exchange.ts'
import { headerObject, pairsOfFlat } from '../exchange/headers.ts'
import type { Passing } from './over-undici.ts'
import { forClient, forServer } from './headers.ts'

/** The connections to HTTP/2 servers, one for each origin. */
export class Http2Sessions {
  readonly #sessions = new Map<string, ClientHttp2Session>()

  get(origin: string): ClientHttp2Session {
    const open = this.#sessions.get(origin)
    if (open && !open.closed && !open.destroyed) return open
    const session = http2.connect(origin)
    // Each stream tells its own error.
    session.on('error', () => {})
    this.#sessions.set(origin, session)
    return session
  }

  close(): void {
    for (const session of this.#sessions.values()) session.destroy()
    this.#sessions.clear()
  }
}

const headersOf = (rest: readonly unknown[]): HeaderPairs =>
  pairsOfFlat((rest[0] as readonly string[] | undefined) ?? []).filter(([name]) => !name.startsWith(':'))

/** Asks a server over HTTP/2: each message is passed on when it comes, in both directions, as gRPC needs it. */
export function askOverHttp2(
  { client, destination, proxyUrl, failed }: Passing,
  sessions: Http2Sessions,
): void {
  const { target, path } = destination
  const { body } = client
  const headers = {
    ':method': client.method,
    ':path': path,
    ...headerObject(forServer(client.headers).map(([name, value]) => [name.toLowerCase(), value])),
    // gRPC needs it (gRPC over HTTP/2, Requests), although a proxy does not pass it on.
    ...(client.isHttp2 && client.headers.some(([name]) => name === 'te') && { te: 'trailers' }),
  }
  const fail = (error: unknown): void => {
    if (client.hasHead) client.cut()
    else failed(toError(error))
  }
  let stream: ReturnType<ClientHttp2Session['request']>
  try {
    stream = sessions.get(target.origin).request(headers, { endStream: body === null })
  } catch (error) {
    return fail(error)
  }
  let trailers: HeaderPairs = []
  let hasEnded = false
  client.onGone(() => stream.close(constants.NGHTTP2_CANCEL))
  client.onDrain(() => stream.resume())
  stream.on('headers', (given, _flags, ...rest) =>
    client.informational(Number(given[':status']), headersOf(rest)),
  )
  stream.on('response', (given, flags, ...rest) =>
    client.head(
      Number(given[':status']),
      '',
      forClient(headersOf(rest), `${target.origin}${target.basePath}`, proxyUrl),
      (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0,
    ),
  )
  stream.on('trailers', (_given, _flags, ...rest) => {
    trailers = headersOf(rest)
  })
  stream.on('data', (chunk: Buffer) => {
    if (!client.write(chunk)) stream.pause()
  })
  stream.on('end', () => {
    if (!client.hasHead || stream.rstCode) return
    hasEnded = true
    client.end(trailers)
  })
  stream.on('error', fail)
  stream.on('close', () => {
    if (!hasEnded) fail(new Error('the server closed the stream'))
  })
  if (!body) return
  body.on('data', (chunk: Buffer) => {
    if (!stream.destroyed && !stream.writableEnded && !stream.write(chunk)) body.pause()
  })
  stream.on('drain', () => body.resume())
  body.on('end', () => void (stream.destroyed || stream.end()))
}
