import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { Readable } from 'node:stream'

import type { HeaderPairs } from '../exchange/exchange.ts'
import { headerObject, pairsOfFlat } from '../exchange/headers.ts'
import { flat } from './headers.ts'

/** The request of a client of the proxy, and the way back to it. */
export interface Client {
  readonly method: string
  /** The path and the query, as the client wrote them. */
  readonly path: string
  readonly headers: HeaderPairs
  /** `null`: the request has no body. */
  readonly body: Readable | null
  /** Whether the request came over HTTP/2. */
  readonly isHttp2: boolean
  /** Whether the response has begun. */
  readonly hasHead: boolean
  /** The address that the client connected to, such as `127.0.0.1:8000`. */
  readonly authority: string
  /** Calls `listener` if the client leaves before the response has ended. */
  onGone(listener: () => void): void
  informational(status: number, headers: HeaderPairs): void
  /** @param isWhole the response ends with its head, as a gRPC error without a message does; `end` is called nevertheless */
  head(status: number, reason: string, headers: HeaderPairs, isWhole?: boolean): void
  /** @returns `false`: wait for `onDrain` */
  write(chunk: Uint8Array): boolean
  onDrain(listener: () => void): void
  end(trailers: HeaderPairs): void
  /** Ends the connection in the middle of the response. */
  cut(): void
}

/** Sends a whole response. */
export function reply(client: Client, status: number, headers: HeaderPairs, body: Uint8Array): void {
  client.head(status, '', [...headers, ['content-length', String(body.byteLength)]])
  if (body.byteLength > 0 && client.method !== 'HEAD') client.write(body)
  client.end([])
}

export function http1Client(request: IncomingMessage, response: ServerResponse): Client {
  const { method = 'GET', url = '/', headers } = request
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  response.sendDate = false
  // What is written to a connection that has gone is lost. `close` tells.
  response.on('error', () => {})
  request.on('error', () => {})
  return {
    method,
    path: url,
    headers: pairsOfFlat(request.rawHeaders),
    body: hasBody ? request : null,
    isHttp2: false,
    authority: headers.host ?? '',
    get hasHead() {
      return response.headersSent
    },
    onGone: (listener) =>
      void response.once('close', () => {
        if (!response.writableFinished) listener()
      }),
    informational(status, pairs) {
      if (status === 103 && !response.headersSent) response.writeEarlyHints(headerObject(lower(pairs)))
      else if (status === 102 && !response.headersSent) response.writeProcessing()
    },
    head(status, reason, pairs) {
      if (reason === '') response.writeHead(status, flat(pairs))
      else response.writeHead(status, reason, flat(pairs))
      response.flushHeaders()
    },
    write: (chunk) => response.write(chunk),
    onDrain: (listener) => void response.on('drain', listener),
    end(trailers) {
      if (trailers.length > 0 && response.chunkedEncoding) response.addTrailers(flatTrailers(trailers))
      response.end()
    },
    cut: () => void response.destroy(),
  }
}

const lower = (pairs: HeaderPairs): HeaderPairs => pairs.map(([name, value]) => [name.toLowerCase(), value])

/** @remarks Node's types allow pairs here. */
const flatTrailers = (trailers: HeaderPairs): [string, string][] =>
  trailers.map(([name, value]) => [name, value])

export function http2Client(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  raw: readonly string[],
): Client {
  let trailing: HeaderPairs = []
  stream.on('error', () => {})
  const open = (): boolean => !stream.destroyed && !stream.closed
  return {
    method: headers[':method'] ?? 'GET',
    path: headers[':path'] ?? '/',
    headers: pairsOfFlat(raw).filter(([name]) => !name.startsWith(':')),
    body: stream.endAfterHeaders ? null : stream,
    isHttp2: true,
    authority: headers[':authority'] ?? headers.host ?? '',
    get hasHead() {
      return stream.headersSent
    },
    onGone: (listener) =>
      void stream.once('close', () => {
        if (!stream.writableFinished) listener()
      }),
    informational(status, pairs) {
      if (open() && !stream.headersSent)
        stream.additionalHeaders({ ':status': status, ...headerObject(lower(pairs)) })
    },
    head(status, _reason, pairs, isWhole = false) {
      if (!open()) return
      const options = { waitForTrailers: !isWhole, endStream: isWhole, sendDate: false }
      stream.on('wantTrailers', () => {
        if (open()) stream.sendTrailers(headerObject(lower(trailing)))
      })
      stream.respond({ ':status': status, ...headerObject(lower(pairs)) }, options)
    },
    write: (chunk) => !open() || stream.write(chunk),
    onDrain: (listener) => void stream.on('drain', listener),
    end(trailers) {
      trailing = trailers
      if (open()) stream.end()
    },
    cut: () => void (open() && stream.close(8)),
  }
}
