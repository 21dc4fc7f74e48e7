import { ClientRequest, type ClientRequestArgs, type IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'

import { nextTurn } from '../../clock.ts'
import type { Tap } from '../../exchange/gate.ts'
import { pairsOfFlat } from '../../exchange/headers.ts'
import { failureOf } from '../failure.ts'
import { unmeasured, unobserved } from '../internals/http-client/unobserved.ts'

/** Parses the bytes that a server sends, and reports the response to a tap. */
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

/** How lenient a client is. Absent: as every client of Node is by default. */
export interface ParserSettings {
  readonly insecureHTTPParser?: boolean
  /** Bytes. */
  readonly maxHeaderSize?: number
}

/** For clients whose own settings are not known. */
const PATIENT: ParserSettings = { maxHeaderSize: 1024 * 1024 }

/**
 * Parses with Node's own HTTP client, over a stream in memory. So raw headers, reason phrase, trailers, HTTP/1.0,
 * interim responses and malformed messages are reported as every client of Node sees them.
 * @param settings of the client's own parser
 */
export function readResponse(method: string, tap: Tap, settings: ParserSettings = PATIENT): ResponseReader {
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
    // Any duplex stream works: the client uses nothing that only a socket has.
    createConnection: () => wire,
    ...settings,
  }
  const request = unobserved(() => new ClientRequest(options))
  unmeasured(request)
  let response: IncomingMessage | undefined
  request.on('information', ({ statusCode, rawHeaders }) => {
    // A 100 only asks for the body. It is not part of the answer.
    if (statusCode > 101) tap.informational({ status: statusCode, headers: pairsOfFlat(rawHeaders) })
  })
  request.on('response', (message: IncomingMessage) => {
    response = message
    tap.head({
      status: message.statusCode ?? 0,
      ...(message.httpVersion === '1.0' ? { version: '1.0' } : {}),
      reason: message.statusMessage ?? '',
      headers: pairsOfFlat(message.rawHeaders),
    })
    message.on('data', (chunk: Buffer) => tap.data(chunk))
    message.on('end', () => settle(() => tap.end(pairsOfFlat(message.rawTrailers))))
    message.on('error', (error) => settle(() => (gone ? tap.cut() : tap.fail(failureOf(error)))))
    // If the server ended the connection, an `error` event follows.
    message.on('aborted', () => gone && settle(() => tap.cut()))
  })
  request.on('upgrade', (message, socket) => {
    tap.head({
      status: message.statusCode ?? 101,
      reason: message.statusMessage ?? '',
      headers: pairsOfFlat(message.rawHeaders),
    })
    socket.destroy()
    settle(() => tap.cut())
  })
  request.on('error', (error) => {
    // Data from before the error is still buffered. `read` passes it to the tap.
    response?.read()
    settle(() => (gone ? tap.cut() : tap.fail(failureOf(error))))
  })
  request.end()

  // Bytes that were pushed before are parsed first: the client has seen them too.
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
