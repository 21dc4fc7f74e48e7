import type { ExchangeFailure, ExchangeResponse, HeaderPairs, RequestHead } from './types.ts'

/** A request as a protocol hands it to the session: the head at once, the body when somebody asks for it. */
export interface IncomingRequest extends RequestHead {
  /**
   * The whole body, still `content-encoding`-encoded; `null`: none. May be called again: the bytes are kept.
   * Asking before the outcome is known makes the protocol wait for the client's last byte.
   * Rejects where the client aborted the upload.
   */
  body(): Promise<Uint8Array | null>
}

export interface ResponseHead {
  readonly status: number
  readonly reason?: string
  readonly headers: HeaderPairs
}

/** Where a protocol tees a live response to, while the client reads it. No method throws or blocks. */
export interface Tap {
  head(head: ResponseHead): void
  /** The tap keeps `chunk`: hand over a copy where the client could change or detach the original. */
  data(chunk: Uint8Array): void
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
  /** Delays are multiplied by this: 0 instant, 1 as recorded, 0.5 twice as fast. */
  readonly delayFactor: number
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
  /** Sent in its place to clients that would retry a transport error. */
  readonly reply?: { readonly status: number; readonly headers: HeaderPairs; readonly body: Uint8Array }
}

export type Outcome = Replay | Forward | Refuse

export interface ConnectTarget {
  readonly host: string
  readonly port: number
  readonly protocol: 'http1' | 'http2'
}

/** The one seam between the network and the rest. */
export interface Gate {
  /** False: nothing is recorded, replayed or refused now; protocols let everything through at once. */
  active(): boolean
  answer(request: IncomingRequest): Promise<Outcome>
  /**
   * Whether a connection whose request is not known yet may be opened: `open`; `hold` it until the request
   * is known; or the error to refuse it with (a protocol that cannot be replayed).
   */
  connect(target: ConnectTarget): 'open' | 'hold' | Error
  /** A request is about to be written where no protocol can answer it: the error to stop it with, if it is to be stopped. */
  unseen(request: { readonly method: string; readonly url: string }): Error | undefined
}
