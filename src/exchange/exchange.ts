import type { JsonValue } from './json-value.ts'

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
  /** With `contentDecoded`: its `deflate` was bare, without the zlib format around it. */
  readonly bareDeflate?: true
  /** The client never finished its body: it was answered before. */
  readonly incomplete?: true
}

export interface Chunk {
  readonly data: Uint8Array
  /** Milliseconds since the previous chunk (the first: since the response head). */
  readonly delayMs: number
  /** How many units of the request (`RequestUnits`) the client had sent when this came; absent: all of it. */
  readonly after?: number
}

/** A message as JSON, for people to read; `undefined`: the bytes are of another kind. Never throws. */
export type MessageReader = (message: Uint8Array) => JsonValue | undefined

/** What is known of the messages of a call. */
export interface MessageReaders {
  readonly request?: MessageReader
  readonly response?: MessageReader
}

/** A response before the final one, such as 103 Early Hints (RFC 9110, section 15.2). */
export interface InformationalResponse {
  /** 102 to 199; 100 and 101 never. */
  readonly status: number
  readonly headers: HeaderPairs
}

/** One message of a WebSocket, its fragments joined; what one side said. */
export type Frame = {
  readonly from: 'client' | 'server'
  /** Milliseconds since the frame before it (the first: since the 101). */
  readonly delayMs: number
} & FrameContent

export type FrameContent =
  | { readonly kind: 'text' | 'binary' | 'ping' | 'pong'; readonly data: Uint8Array }
  /** Bytes that are no frame: what follows the first breach of the protocol, or a frame that was cut short. */
  | { readonly kind: 'raw'; readonly data: Uint8Array }
  /** No code: the close frame was empty (RFC 6455, section 7.1.5). */
  | { readonly kind: 'close'; readonly code?: number; readonly reason?: string }

export interface ExchangeResponse {
  readonly status: number
  /** HTTP version; absent: 1.1. */
  readonly version?: '1.0' | '2'
  readonly informational?: readonly InformationalResponse[]
  /** The reason phrase; absent: the standard one for the status. */
  readonly reason?: string
  readonly headers: HeaderPairs
  /** Milliseconds from the request to the response head. */
  readonly delayMs: number
  /** The body as received: still `content-encoding`-encoded, transfer coding removed. */
  readonly chunks: readonly Chunk[]
  /** The body is content-decoded although the headers still name a `content-encoding`. */
  readonly contentDecoded?: true
  /** With `contentDecoded`: its `deflate` was bare, without the zlib format around it. */
  readonly bareDeflate?: true
  readonly trailers?: HeaderPairs
  /** As a chunk's `after`, for the head: the exchange is a conversation, answered while the client was still sending. */
  readonly after?: number
  /** As a chunk's `after`, for the end. */
  readonly endAfter?: number
  /** What followed a WebSocket's 101, both ways, in order. */
  readonly frames?: readonly Frame[]
}

/** A transport error as the client saw it: the connection refused, reset, timed out ... */
export interface ExchangeFailure {
  readonly name: string
  readonly message: string
  readonly code?: string
  /** The error code of an HTTP/2 stream reset (RFC 9113, section 7). */
  readonly http2Code?: number
}

/** The `code` of a failure: the server closed the connection, without a word of HTTP/2 for this stream. */
export const HUNG_UP = 'ERR_HTTP2_INVALID_SESSION'

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
  /** With `incomplete`: how long nothing had come when the client gave up, milliseconds, full seconds only. */
  readonly waitedMs?: number
}
