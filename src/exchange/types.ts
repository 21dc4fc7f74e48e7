/** Header lines as they stood on the wire: order, letter case and duplicates kept. */
export type HeaderPairs = ReadonlyArray<readonly [name: string, value: string]>

export interface RequestHead {
  /** Upper case. */
  readonly method: string
  /** Absolute, with scheme, host, path and query; userinfo only where the client put it there. */
  readonly url: string
  readonly headers: HeaderPairs
}

export interface ExchangeRequest extends RequestHead {
  /** The bytes as sent, still `content-encoding`-encoded, transfer coding removed; `null`: no body. */
  readonly body: Uint8Array | null
  /** The body is content-decoded although the headers still name a `content-encoding`. */
  readonly contentDecoded?: true
}

export interface Chunk {
  readonly data: Uint8Array
  /** Milliseconds since the previous chunk (the first: since the response head). */
  readonly delayMs: number
}

export interface ExchangeResponse {
  readonly status: number
  /** The reason phrase; absent: the standard one for the status. */
  readonly reason?: string
  readonly headers: HeaderPairs
  /** Milliseconds from the request to the response head. */
  readonly delayMs: number
  /** The body as received: still `content-encoding`-encoded, transfer coding removed. */
  readonly chunks: readonly Chunk[]
  /** The body is content-decoded although the headers still name a `content-encoding`. */
  readonly contentDecoded?: true
  readonly trailers?: HeaderPairs
}

/** A transport error as the client saw it: the connection refused, reset, timed out ... */
export interface ExchangeFailure {
  readonly name: string
  readonly message: string
  readonly code?: string
}

/**
 * One request and what came of it. `failure` without `response`: it failed before the head;
 * with `response`: in mid-body. `incomplete`: the client stopped reading early, or the body ended short.
 */
export interface Exchange {
  /** ISO 8601, UTC, milliseconds. */
  readonly recordedAt: string
  readonly request: ExchangeRequest
  readonly response?: ExchangeResponse
  readonly failure?: ExchangeFailure
  readonly incomplete?: true
}
