import type {
  Chunk,
  ExchangeFailure,
  ExchangeResponse,
  FrameContent,
  HeaderPairs,
  InformationalResponse,
  MessageReaders,
  RequestHead,
  Since,
} from './exchange.ts'

/** A request as a protocol hands it to the session: the head at once, the body on demand. */
export interface IncomingRequest extends RequestHead {
  /**
   * The whole body, encoded as `content-encoding` says; `null`: none. May be called again: the bytes are kept.
   * If it is called before the outcome is known, the protocol waits for the client's last byte.
   * Rejects if the client aborted the upload.
   */
  body(): Promise<Uint8Array | null>
  /** Gives `listener` the body from its beginning on, while the client sends it. Absent: only the whole body is available. */
  follow?(listener: BodyListener): void
  /** What the client of a gRPC call reads its messages with, if it has that. */
  readonly readers?: MessageReaders
}

/** Receives a request's body while it is sent. No method throws or blocks. */
export interface BodyListener {
  /** The listener may keep `chunk`. */
  data(chunk: Uint8Array): void
  end(): void
  /** The client aborted the upload. */
  fail(): void
}

export interface ResponseHead {
  readonly status: number
  /** HTTP version; absent: 1.1. */
  readonly version?: '1.0' | '2'
  readonly reason?: string
  readonly headers: HeaderPairs
}

/** Receives a copy of a live response while the client reads it. No method throws or blocks. */
export interface Tap {
  /** Before `head`, once for each. */
  informational(response: InformationalResponse): void
  head(head: ResponseHead): void
  /** The tap keeps `chunk`: pass a copy if the client could change or detach the original. */
  data(chunk: Uint8Array): void
  /** In place of `data` after a 101: one message of a WebSocket. */
  frame(from: 'client' | 'server', frame: FrameContent): void
  end(trailers?: HeaderPairs): void
  /** The transport failed, before or after the head. */
  fail(failure: ExchangeFailure): void
  /** The client stopped reading, or the server ended the body before the end that its headers promised. */
  cut(): void
}

export interface Replay {
  readonly kind: 'replay'
  /** Wire form: encoded as its headers say. Absent: the request fails with `failure`. */
  readonly response?: ExchangeResponse
  readonly failure?: ExchangeFailure
  /** The recorded body was cut short: the connection closes after the last chunk. */
  readonly incomplete?: true
  /** With `incomplete`: the exchange was still going on when its cassette was closed. */
  readonly open?: true
  /** With `incomplete`: how long the recorded client had received nothing when it gave up, ms. Absent: less than a second. */
  readonly waitedMs?: number
  /** Delays are multiplied by this: 0 instant, 1 as recorded, 0.5 twice as fast. */
  readonly delayFactor: number
  /**
   * Present in a conversation. The protocol awaits it before the head (`response.after`), before each chunk (`chunk.after`)
   * and before the end (`endAfter`). Resolves when the client has sent as much as in the recording; `undefined`: everything.
   * Rejects if the client sends something else: the exchange then ends with that error.
   */
  readonly turn?: (after: number | undefined) => Promise<void>
  /**
   * Keeps the order between exchanges. To be awaited before the head (`response.since`), each chunk (`chunk.since`) and the
   * end (`endSince`): resolves when the requests that had been sent by then have been sent again, or are not to be expected
   * any more, or the client has `gone`. Never rejects.
   */
  readonly sent?: (since: Since | undefined, gone: AbortSignal) => Promise<void>
  /** To be called when all has been given, and before each wait: others may be waiting for this answer. */
  readonly answered?: () => void
  /** The bytes of a chunk of the body, to be asked for when its turn has come, in order. Absent: they are as they stand. */
  readonly render?: (chunk: Chunk) => Uint8Array
  /** With `incomplete`: the exchange stays open until this resolves: the cassette closes, or the client has `gone`. */
  readonly closed?: (gone: AbortSignal) => Promise<void>
  /** Present with a WebSocket's 101, in place of chunks. */
  readonly script?: FrameScript
}

/** The server's side of a recorded WebSocket. */
export interface FrameScript {
  /**
   * The next server frame. Waits until the client has sent everything that it had sent before this frame, then for the
   * recorded delay. `undefined`: the recording ends here. Rejects if the client's frames differ from the recorded ones: the
   * connection then ends with that error.
   */
  next(): Promise<FrameContent | undefined>
  /** The client sent `frame`. */
  said(frame: FrameContent): void
  /** The client closed the connection. */
  left(): void
}

export interface Forward {
  readonly kind: 'forward'
  /** Absent: this response is not recorded. */
  readonly tap?: Tap
}

export interface Refuse {
  readonly kind: 'refuse'
  /** For clients that pass transport errors on. */
  readonly error: Error
  /** Sent instead of the error to clients that would retry a transport error. */
  readonly reply?: ExchangeResponse
}

export type Outcome = Replay | Forward | Refuse

export interface ConnectTarget {
  readonly host: string
  readonly port: number
  readonly protocol: 'http1' | 'http2'
}

/** A use of the network other than HTTP, gRPC and WebSocket. It can be neither recorded nor answered. */
export type NonHttpUse =
  | { readonly kind: 'tcp' | 'tls' | 'udp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
  | {
      readonly kind: 'dns'
      /** `lookup` asks the operating system, which knows some names by itself; `query` asks a DNS server. */
      readonly by: 'lookup' | 'query'
      readonly host: string
    }

/** The one interface between the protocols and the session. */
export interface Gate {
  /** False: nothing is recorded, replayed or refused now; protocols let everything through at once. */
  active(): boolean
  answer(request: IncomingRequest): Promise<Outcome>
  /**
   * Whether `answer` forwards every request with this method, whatever it contains, or refuses it: no recording could answer
   * it. The protocol may then send the request before it has the outcome.
   */
  forwards(method: string): boolean
  /**
   * Whether a connection whose request is not known yet may be opened: `open`; `hold` it until the request
   * is known; or the error to refuse it with (a protocol that cannot be replayed).
   */
  connect(target: ConnectTarget): 'open' | 'hold' | Error
  /** The recorded choice of a server that was offered both `h2` and `http/1.1` (ALPN, RFC 7301). `undefined`: not recorded. */
  negotiated(target: { readonly host: string; readonly port: number }): 'h2' | 'http/1.1' | undefined
  /**
   * Asked before a request is written to a connection on which no protocol can answer it.
   * Gives the error to stop it with; `undefined`: it may pass.
   */
  unseen(request: { readonly method: string; readonly url: string }): Error | undefined
  /** The error to stop this use of the network with; `undefined`: it may pass. */
  nonHttp(use: NonHttpUse): Error | undefined
}
