import type { EventStreamHeader } from '../wire/eventstream-headers.ts'
import type { JsonValue } from '../json-value.ts'

/** How a JSON text differs from `JSON.stringify(value)`; no key: not at all. */
export interface JsonLayout {
  /** Spaces per level, or the indent itself: the third argument of `JSON.stringify`. */
  readonly indent?: number | string
  /** `true`: a space after colons and commas, as Python's `json.dumps`; `colons`: after colons only, as Gemini's streams. */
  readonly spaced?: boolean | 'colons'
  /** Characters written as `\uXXXX` although JSON does not ask for it (`/` as `\/`): Go, PHP and Google do. */
  readonly escape?: string
  /** Everything beyond ASCII is written as `\uXXXX`, as Python does. */
  readonly ascii?: boolean
  /** Spaces before the last bracket: Anthropic pads the data of its events in this way. */
  readonly pad?: number
}

export interface JsonPayload extends JsonLayout {
  readonly json: JsonValue
}

/** Line ends; absent: LF. */
export type StoredEol = 'crlf' | 'cr'

/** Milliseconds since the previous entry (for the first: since the response head), rounded; absent: 0. */
export interface Delayed {
  readonly delay_ms?: number
}

export interface JsonBody extends JsonPayload, Delayed {
  /** The line ends of an indented text. */
  readonly eol?: 'crlf'
  /** A line end follows the value. */
  readonly newline?: true
  /** White space before the value: some providers send it to keep a connection alive. */
  readonly leading?: string
  /** White space after the value, if it is not one line end. */
  readonly trailing?: string
  /** The text before, between and after the elements of an array sent element by element; absent: `[`, `,`, `]`. */
  readonly framing?: readonly [open: string, between: string, close: string]
  readonly bom?: true
}

export interface TextPayload {
  readonly text: string
}

export interface TextBody extends TextPayload, Delayed {
  /** U+FEFF comes before `text`. */
  readonly bom?: true
}

export interface Base64Payload {
  /** RFC 4648 §4, padded. A list: the pieces of a large body, each decoded by itself. */
  readonly base64: string | readonly string[]
}

export type Base64Body = Base64Payload & Delayed

/**
 * One event. Its lines are on the wire in the order of the keys. A value with LF in it is several lines of that field. `raw`
 * and `base64` hold a block that the other keys cannot express, with its line ends.
 */
export type SseEntry = SseFields | SseRaw | Base64Body

export interface SseFields extends Delayed {
  readonly comment?: string
  readonly event?: string
  readonly id?: string
  readonly retry?: number | string
  readonly data?: string | JsonPayload
}

export interface SseRaw extends Delayed {
  readonly raw: string
}

export interface SseBody {
  readonly sse: readonly SseEntry[]
  /** The layout of every event's JSON. An event's own keys override it. */
  readonly layout?: JsonLayout
  readonly eol?: StoredEol
  /** `data:x` instead of `data: x` in every line. */
  readonly tight?: true
  readonly bom?: true
}

export type NdjsonEntry = (JsonPayload | TextPayload | Base64Payload) & Delayed

/** One entry per line. */
export interface NdjsonBody {
  readonly ndjson: readonly NdjsonEntry[]
  /** The layout of every line's JSON. A line's own keys override it. */
  readonly layout?: JsonLayout
  readonly eol?: 'crlf'
  /** `false`: the last line has no line end. */
  readonly newline?: false
}

/** `application/x-www-form-urlencoded`: a map, or a list if a name comes twice or a map would lose the order. */
export interface FormBody extends Delayed {
  readonly form: { readonly [name: string]: string } | readonly FormField[]
  /** How a space is written; absent: `+`. */
  readonly space?: '%20'
}

export interface FormField {
  readonly name: string
  readonly value: string
}

export type MultipartPart = {
  readonly headers: { readonly [name: string]: string }
} & (JsonPayload | TextPayload | Base64Payload)

export interface MultipartBody extends Delayed {
  readonly multipart: readonly MultipartPart[]
  readonly boundary: string
  readonly preamble?: string
  /** What follows the closing delimiter; absent: CRLF. */
  readonly epilogue?: string
}

/** One message of `application/vnd.amazon.eventstream`; lengths and checksums are recomputed. */
export type EventStreamMessage = {
  readonly headers: { readonly [name: string]: EventStreamHeader }
} & (JsonPayload | TextPayload | Base64Payload)

/** `raw`: base64 of bytes that are not a well-formed message (cut short, wrong checksum). */
export type EventStreamEntry = (EventStreamMessage & Delayed) | (SseRaw & Delayed)

export interface EventStreamBody {
  readonly eventstream: readonly EventStreamEntry[]
}

/**
 * One gRPC message. `base64` is the message, decompressed if that is possible. `compressed`: it is still compressed, as
 * `grpc-encoding` says. `json` is its content, if its descriptor was known: for people to read, it is never read back.
 */
export interface GrpcMessage extends Base64Payload, Delayed {
  readonly json?: JsonValue
  readonly compressed?: boolean
}

/** `raw`: base64 of a message that was cut short, or of one with another flag (the trailers of gRPC-Web). */
export type GrpcEntry = GrpcMessage | (SseRaw & Delayed)

export interface GrpcBody {
  readonly grpc: readonly GrpcEntry[]
}

/** One message of a WebSocket. `type` is absent if JSON and text came in a text frame, base64 in a binary frame. */
export type WebSocketMessage =
  | ((JsonPayload | TextPayload | Base64Payload) & { readonly type?: 'text' | 'binary' })
  | { readonly ping: string | Base64Payload }
  | { readonly pong: string | Base64Payload }
  /** No code: the close frame was empty. */
  | { readonly close: { readonly code?: number; readonly reason?: string } }
  /** Base64 of bytes that are not a frame: everything after a protocol error, or a frame that was cut short. */
  | { readonly raw: string | readonly string[] }

/** The delay counts from the previous entry of either side (for the first: from the response head). Clients have none. */
export type WebSocketEntry =
  | { readonly client: WebSocketMessage }
  | { readonly server: WebSocketMessage & Delayed }

/** The messages after a 101, of both sides, in order. */
export interface WebSocketBody {
  readonly websocket: readonly WebSocketEntry[]
  /** The layout of the JSON that each side sent. A message's own keys override it. */
  readonly layout?: { readonly client?: JsonLayout; readonly server?: JsonLayout }
}

/** Of a {@link SidecarBody} that was read from a cassette: gives the bytes. No key of the file. */
export const CONTENT: unique symbol = Symbol('cassette.sidecarContent')

/** A large body: its bytes are in the file `<cassette>.d/<sidecar>`, as they are, so that nothing has to hold them twice. */
export interface SidecarBody extends Delayed {
  /** The SHA-256 of the bytes, 64 hex digits. It is the name of the file. */
  readonly sidecar: string
  /** The length of the file. */
  readonly bytes: number
  /** @throws CassetteFormatError if the file is missing or has other bytes */
  readonly [CONTENT]?: () => Uint8Array
}

/**
 * A body as the cassette stores it, in one of eleven forms. One key names the form. A few other keys say what the form needs to
 * give the same bytes back. JSON-like values only.
 */
export type StoredBody =
  | JsonBody
  | TextBody
  | SseBody
  | NdjsonBody
  | FormBody
  | MultipartBody
  | Base64Body
  | EventStreamBody
  | GrpcBody
  | WebSocketBody
  | SidecarBody

/** The keys that name a form. */
export const BODY_FORMS = [
  'json',
  'text',
  'sse',
  'ndjson',
  'form',
  'multipart',
  'base64',
  'eventstream',
  'grpc',
  'websocket',
  'sidecar',
] as const

export type BodyForm = (typeof BODY_FORMS)[number]
