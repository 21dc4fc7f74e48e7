import type {
  ExchangeFailure,
  ExchangeResponse,
  FrameContent,
  HeaderPairs,
  InformationalResponse,
  MessageReaders,
  RequestHead,
} from './exchange.ts'

/** A request as a protocol hands it to the session: the head at once, the body when somebody asks for it. */
export interface IncomingRequest extends RequestHead {
  /**
   * The whole body, still `content-encoding`-encoded; `null`: none. May be called again: the bytes are kept.
   * Asking before the outcome is known makes the protocol wait for the client's last byte.
   * Rejects where the client aborted the upload.
   */
  body(): Promise<Uint8Array | null>
  /** Lets `listener` have the body from its beginning on, as the client sends it. Absent: it can only be had whole. */
  follow?(listener: BodyListener): void
  /** A gRPC call whose client told what its messages are. */
  readonly readers?: MessageReaders
}

/** Hears a request's body as it is sent. No method throws or blocks. */
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

/** Where a protocol tees a live response to, while the client reads it. No method throws or blocks. */
export interface Tap {
  /** Before `head`, once for each. */
  informational(response: InformationalResponse): void
  head(head: ResponseHead): void
  /** The tap keeps `chunk`: hand over a copy where the client could change or detach the original. */
  data(chunk: Uint8Array): void
  /** After the head of a 101: what one side of a WebSocket said, in place of `data`. */
  frame(from: 'client' | 'server', frame: FrameContent): void
  end(trailers?: HeaderPairs): void
  /** The transport failed, before or after the head. */
  fail(failure: ExchangeFailure): void
  /** The client stopped reading, or the server ended the body short of what its headers promised. */
  cut(): void
}

export interface Replay {
  readonly kind: 'replay'
  /** Wire form: encoded as its headers say. Absent: the request fails with `failure`. */
  readonly response?: ExchangeResponse
  readonly failure?: ExchangeFailure
  /** The body was cut short when it was recorded: after the last chunk the connection goes away. */
  readonly incomplete?: true
  /** With `incomplete`: how long the client waited in vain when it was recorded, ms; absent: less than a second. */
  readonly waitedMs?: number
  /** Delays are multiplied by this: 0 instant, 1 as recorded, 0.5 twice as fast. */
  readonly delayFactor: number
  /**
   * Present in a conversation: to be awaited before the head (`response.after`), before each chunk (`chunk.after`) and
   * before the end (`endAfter`). Resolves when the client has sent as much as it had then; `undefined`: all. Rejects with
   * the error to break off with where the client sends something else than was recorded.
   */
  readonly turn?: (after: number | undefined) => Promise<void>
  /** Present with a WebSocket's 101, in place of chunks. */
  readonly script?: FrameScript
}

/** The server's side of a recorded WebSocket. */
export interface FrameScript {
  /**
   * What the server says next, once the client has said what it said before that in the recording, and as long after it as
   * recorded. `undefined`: the recording ends here. Rejects with the error to break off with where the client's frames
   * are others than the recorded ones.
   */
  next(): Promise<FrameContent | undefined>
  /** The client said `frame`. */
  said(frame: FrameContent): void
  /** The client is gone. */
  left(): void
}

export interface Forward {
  readonly kind: 'forward'
  /** Absent: nobody records this one. */
  readonly tap?: Tap
}

export interface Refuse {
  readonly kind: 'refuse'
  /** What a client sees that passes transport errors on. */
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

/** A use of the network that is no HTTP, gRPC or WebSocket, so that nothing of it can be recorded or answered. */
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
   * Whether a connection whose request is not known yet may be opened: `open`; `hold` it until the request
   * is known; or the error to refuse it with (a protocol that cannot be replayed).
   */
  connect(target: ConnectTarget): 'open' | 'hold' | Error
  /** What a server chose, as recorded, when it was offered both `h2` and `http/1.1` (ALPN, RFC 7301); `undefined`: not recorded. */
  negotiated(target: { readonly host: string; readonly port: number }): 'h2' | 'http/1.1' | undefined
  /** A request is about to be written where no protocol can answer it: the error to stop it with, if it is to be stopped. */
  unseen(request: { readonly method: string; readonly url: string }): Error | undefined
  /** The error to stop a use of the network with that no protocol can answer, if it is to be stopped. */
  nonHttp(use: NonHttpUse): Error | undefined
}
