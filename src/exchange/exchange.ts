import type { GivenForms } from './given-form.ts'
import type { JsonValue } from './json-value.ts'

/** Header lines as they were on the wire, with their order, letter case and duplicates. */
export type HeaderPairs = ReadonlyArray<readonly [name: string, value: string]>

export interface RequestHead {
  /** Upper case. */
  readonly method: string
  /** Absolute, with scheme, host, path and query; userinfo only if the client wrote it. */
  readonly url: string
  readonly headers: HeaderPairs
}

export interface ExchangeRequest extends RequestHead {
  /** The bytes as sent: encoded as `content-encoding` says, without the transfer coding. `null`: no body. */
  readonly body: Uint8Array | null
  /** The body is content-decoded although the headers still name a `content-encoding`. */
  readonly contentDecoded?: true
  /** With `contentDecoded`: its `deflate` was bare, without the zlib header and checksum. */
  readonly bareDeflate?: true
  /** The client did not finish its body: the answer came first. */
  readonly incomplete?: true
}

export interface Chunk {
  readonly data: Uint8Array
  /** Milliseconds since the previous chunk (the first: since the response head). */
  readonly delayMs: number
  /** How many units of the request (`RequestUnits`) the client had sent when this came; absent: all of it. */
  readonly after?: number
  readonly since?: Since
}

/**
 * Other exchanges whose requests had been sent when a part of a response came, and not yet when the part before it came.
 * Ids, or `FIRST..LAST` for all from one to another in the order of the file.
 */
export type Since = readonly string[]

/** Gives a message as JSON, for people to read. `undefined`: it cannot read these bytes. Never throws. */
export type MessageReader = (message: Uint8Array) => JsonValue | undefined

/** What reads the messages of a gRPC call. */
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

/** One message or control frame of a WebSocket, its fragments joined. */
export type Frame = {
  readonly from: 'client' | 'server'
  /** Milliseconds since the previous frame (for the first: since the 101). */
  readonly delayMs: number
  /** Of a server's frame. */
  readonly since?: Since
} & FrameContent

export type FrameContent =
  | { readonly kind: 'text' | 'binary' | 'ping' | 'pong'; readonly data: Uint8Array }
  /** Bytes that are not a frame: everything after the first protocol error, or a frame that was cut short. */
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
  /** The body as received: encoded as `content-encoding` says, without the transfer coding. */
  readonly chunks: readonly Chunk[]
  /** The body is content-decoded although the headers still name a `content-encoding`. */
  readonly contentDecoded?: true
  /** With `contentDecoded`: its `deflate` was bare, without the zlib header and checksum. */
  readonly bareDeflate?: true
  readonly trailers?: HeaderPairs
  /** A chunk's `after`, but for the head. Present: the exchange is a conversation, answered while the client was sending. */
  readonly after?: number
  /** A chunk's `after`, but for the end of the body. */
  readonly endAfter?: number
  /** As a chunk's `since`, for the head and for the end. */
  readonly since?: Since
  readonly endSince?: Since
  /** Of the stand-ins in it for what the server gave, those that need a form. */
  readonly forms?: GivenForms
  /** The messages after a WebSocket's 101, of both sides, in order. */
  readonly frames?: readonly Frame[]
}

/** A transport error as the client saw it: connection refused, connection reset, timeout ... */
export interface ExchangeFailure {
  readonly name: string
  readonly message: string
  readonly code?: string
  /** The error code of an HTTP/2 stream reset (RFC 9113, section 7). */
  readonly http2Code?: number
}

/** The `code` of a failure: the server closed the connection without an HTTP/2 frame for this stream. */
export const HUNG_UP = 'ERR_HTTP2_INVALID_SESSION'

/**
 * One request and its outcome. `failure` without `response`: it failed before the response head. `failure` with `response`: it
 * failed in the middle of the body. `incomplete`: the client stopped reading early, or the body ended too early.
 */
export interface Exchange {
  /** ISO 8601, UTC, milliseconds. */
  readonly recordedAt: string
  readonly request: ExchangeRequest
  readonly response?: ExchangeResponse
  readonly failure?: ExchangeFailure
  readonly incomplete?: true
  /** With `incomplete`: the exchange was still going on when its cassette was closed. */
  readonly open?: true
  /** With `incomplete`: how long the client had received nothing when it gave up, ms, in whole seconds. */
  readonly waitedMs?: number
}
