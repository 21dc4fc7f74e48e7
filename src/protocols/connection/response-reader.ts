import { ClientRequest, type ClientRequestArgs, type IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'

import { nextTurn } from '../../clock.ts'
import type { Tap } from '../../exchange/gate.ts'
import type { HeaderPairs } from '../../exchange/exchange.ts'
import { failureOf } from '../failure.ts'

/** Makes a response out of the bytes a server sent, and tells a tap. */
export interface ResponseReader {
  write(chunk: Uint8Array): void
  /** The server has closed its side. */
  end(): void
  /** The connection failed. */
  fail(error: Error): void
  /** The client has gone. */
  cut(): void
  readonly finished: Promise<void>
}

const MAX_HEADER_BYTES = 1024 * 1024

const pairs = (flat: readonly string[]): HeaderPairs => {
  const list: [string, string][] = []
  for (let i = 0; i + 1 < flat.length; i += 2) list.push([flat[i] ?? '', flat[i + 1] ?? ''])
  return list
}

/**
 * Reads with Node's own HTTP client over a stream that is no socket: raw headers, reason phrase, trailers,
 * HTTP/1.0, interim responses and malformed messages come out as any client of Node sees them.
 */
export function readResponse(method: string, tap: Tap): ResponseReader {
  const { promise, resolve } = Promise.withResolvers<void>()
  let settled = false
  let gone = false
  const settle = (tell: () => void): void => {
    if (settled) return
    settled = true
    tell()
    resolve()
  }
  const wire = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  wire.on('error', () => {})

  const options: ClientRequestArgs = {
    method,
    path: '/',
    host: 'tap',
    // Any duplex stream will do: the client asks nothing of it that only a socket has.
    createConnection: () => wire,
    maxHeaderSize: MAX_HEADER_BYTES,
  }
  const request = new ClientRequest(options)
  let response: IncomingMessage | undefined
  request.on('information', ({ statusCode, rawHeaders }) => {
    // 100 is an answer to the client's way of sending, not to its request.
    if (statusCode > 101) tap.informational({ status: statusCode, headers: pairs(rawHeaders) })
  })
  request.on('response', (message: IncomingMessage) => {
    response = message
    tap.head({
      status: message.statusCode ?? 0,
      ...(message.httpVersion === '1.0' ? { version: '1.0' } : {}),
      reason: message.statusMessage ?? '',
      headers: pairs(message.rawHeaders),
    })
    message.on('data', (chunk: Buffer) => tap.data(chunk))
    message.on('end', () => settle(() => tap.end(pairs(message.rawTrailers))))
    message.on('error', (error) => settle(() => (gone ? tap.cut() : tap.fail(failureOf(error)))))
    // An `error` follows where it was the server that ended the connection.
    message.on('aborted', () => gone && settle(() => tap.cut()))
  })
  request.on('upgrade', (message, socket) => {
    tap.head({
      status: message.statusCode ?? 101,
      reason: message.statusMessage ?? '',
      headers: pairs(message.rawHeaders),
    })
    socket.destroy()
    settle(() => tap.cut())
  })
  request.on('error', (error) => {
    // What came before the fault is still buffered: reading it tells the tap.
    response?.read()
    settle(() => (gone ? tap.cut() : tap.fail(failureOf(error))))
  })
  request.end()

  // What was pushed before is parsed first: the client has seen it too.
  const afterParsing = (tell: () => void): void => {
    nextTurn(() => {
      settle(tell)
      wire.destroy()
    })
  }

  return {
    finished: promise,
    write(chunk) {
      if (!settled) wire.push(chunk)
    },
    end() {
      if (!settled) wire.push(null)
    },
    fail: (error) => afterParsing(() => tap.fail(failureOf(error))),
    cut() {
      gone = true
      afterParsing(() => tap.cut())
    },
  }
}
