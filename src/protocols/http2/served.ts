import type { ClientHttp2Session, ClientHttp2Stream, ServerHttp2Stream } from 'node:http2'

import type { Gate } from '../../exchange/gate.ts'
import type { RawHeaders } from './headers.ts'
import type { Http2Upload } from './upload.ts'

/** A client's stream, at the end where its server would be. */
export interface ServedStream {
  readonly stream: ServerHttp2Stream
  readonly raw: RawHeaders
  readonly upload: Http2Upload
  /** The client's stream fails with this error, after `close(code)` where there is one. */
  fail(error: Error, code?: number): void
  /** The client's stream fails and, where nothing else is on it and it is not a real one, its session. */
  failConnection(error: Error, streamError: Error, code?: number): void
  /** The client's stream goes as it does when its session is destroyed. */
  drop(): void
}

export interface Client {
  readonly stream: ClientHttp2Stream | undefined
  /** Runs in the async context in which the program made the request. */
  readonly inContext: <T>(fn: () => T) => T
  /** Told when it is known whether the request goes to its server, when it has been sent there. */
  readonly decided: (isForwarded: boolean) => void
}

export interface Serving {
  readonly gate: Gate
  /** @throws where there is no connection to the server, and none can be begun */
  upstream(): ClientHttp2Session
  /** Whether it was the connection that ended a session with this error, and not the program. */
  isLost(error: unknown): boolean
  failConnection(client: ClientHttp2Stream, error: Error, streamError: Error): void
}
