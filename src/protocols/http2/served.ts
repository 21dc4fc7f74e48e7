import type { ClientHttp2Session, ClientHttp2Stream, ServerHttp2Stream } from 'node:http2'

import type { Gate } from '../../exchange/gate.ts'
import type { RawHeaders } from './headers.ts'
import type { Http2Upload } from './upload.ts'

/** The server's end of a client's stream. */
export interface ServedStream {
  readonly stream: ServerHttp2Stream
  readonly raw: RawHeaders
  readonly upload: Http2Upload
  /** Fails the client's stream with this error. If there is a code, closes the stream with it first. */
  fail(error: Error, code?: number): void
  /** Fails the client's stream. Also fails its session if the session has no other stream and no real connection. */
  failConnection(error: Error, streamError: Error, code?: number): void
  /** Destroys the client's stream, as Node does when its session is destroyed. */
  drop(): void
}

export interface Client {
  readonly stream: ClientHttp2Stream | undefined
  /** Runs in the async context in which the program made the request. */
  readonly inContext: <T>(fn: () => T) => T
  /** Called once: true = forwarded to the server, false = answered here. */
  readonly decided: (isForwarded: boolean) => void
}

export interface Serving {
  readonly gate: Gate
  /** @throws if there is no connection to the server, and none can be opened */
  upstream(): ClientHttp2Session
  /** Whether the connection failed with this error, rather than the program ended the session with it. */
  isLost(error: unknown): boolean
  failConnection(client: ClientHttp2Stream, error: Error, streamError: Error): void
}
