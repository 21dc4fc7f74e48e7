import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'

import { BodyGatherer } from '../../../exchange/body-gatherer.ts'
import type { IncomingRequest } from '../../../exchange/gate.ts'
import { readersOfCall } from '../../grpc-clients.ts'
import { authorityOf } from '../../internals/node-http2.ts'
import { replaceOwn } from '../../internals/replace-own.ts'
import { type RawHeaders, requestHead } from '../headers.ts'

/** The header block of a stream as Node sends it. @param given what the program gave to `request` */
function sentHeaders(stream: ClientHttp2Stream, session: ClientHttp2Session, given: unknown): RawHeaders {
  const raw: string[] = []
  const add = (name: string, value: unknown): void => {
    if (Array.isArray(value)) for (const one of value as unknown[]) add(name, one)
    else if (value !== undefined && value !== null)
      raw.push(name.toLowerCase(), `${value as string | number}`)
  }
  if (Array.isArray(given)) for (let i = 0; i + 1 < given.length; i += 2) add(String(given[i]), given[i + 1])
  else for (const [name, value] of Object.entries(stream.sentHeaders)) add(name, value)
  const names = new Set(raw.filter((_, i) => i % 2 === 0))
  if (names.has(':authority') || names.has('host')) return raw
  return [':authority', authorityOf(session) ?? '', ...raw]
}

/** The body that a program writes to its stream, which goes out as it is. */
function writtenBody(stream: ClientHttp2Stream): BodyGatherer {
  const body = new BodyGatherer()
  const keep = (chunk: unknown, encoding: unknown): void => {
    if (typeof chunk === 'string')
      body.data(Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'))
    else if (ArrayBuffer.isView(chunk) && chunk.byteLength > 0)
      // A copy: the program may write over it when it has been sent.
      body.data(Buffer.from(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)))
  }
  if (stream.writableEnded) body.end()
  replaceOwn(stream, 'write', (write) => (...args) => {
    const ended = stream.writableEnded || stream.destroyed
    const result = write(...args)
    if (!ended) keep(args[0], args[1])
    return result
  })
  replaceOwn(stream, 'end', (end) => (...args) => {
    const ended = stream.writableEnded || stream.destroyed || stream.closed
    const result = end(...args)
    if (!ended && typeof args[0] !== 'function') keep(args[0], args[1])
    // Node ends a stream that is closed, too.
    if (stream.closed) body.fail()
    else if (stream.writableEnded) body.end()
    return result
  })
  stream.once('close', () => body.fail())
  return body
}

/** What a session asks about a request that its program is sending itself. */
export function sentRequest(
  stream: ClientHttp2Stream,
  session: ClientHttp2Session,
  given: unknown,
): IncomingRequest {
  const raw = sentHeaders(stream, session, given)
  const headers: IncomingHttpHeaders = {}
  for (let i = 0; i + 1 < raw.length; i += 2) headers[raw[i] ?? ''] ??= raw[i + 1] ?? ''
  const body = writtenBody(stream)
  return {
    ...requestHead(headers, raw),
    ...readersOfCall(headers[':path'], headers['content-type']),
    body: () => body.whole,
    follow: (listener) => body.follow(listener),
  }
}
