import type { EventStreamHeader } from '../wire/eventstream-headers.ts'
import type { JsonValue } from '../json-value.ts'
/** How a JSON text differs from `JSON.stringify(value)`; no key: not at all. */
export interface JsonLayout {
  /** Spaces per level, or the very string: as `JSON.stringify`'s third argument. */
  readonly indent?: number | string
  /** `true`: a space after colons and commas, as Python's `json.dumps`; `colons`: after colons only, as Gemini's streams. */
  readonly spaced?: boolean | 'colons'
  /** Characters written as `\uXXXX` although JSON does not ask for it (`/` as `\/`): Go, PHP and Google do. */
  readonly escape?: string
  /** Everything beyond ASCII is written as `\uXXXX`, as Python does. */
  readonly ascii?: boolean
  /** Spaces before the last bracket: Anthropic pads the data of its events so. */
  readonly pad?: number
}

export interface JsonPayload extends JsonLayout {
  readonly json: JsonValue
}

/** Line ends; absent: LF. */
export type StoredEol = 'crlf' | 'cr'

/** Milliseconds since the previous entry (the first: since the response head), coarse; absent: at once. */
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
  /** White space after the value, where it is not one line end. */
  readonly trailing?: string
  /** What stands before, between and after the elements of an array sent element by element; absent: `[`, `,`, `]`. */
  readonly framing?: readonly [open: string, between: string, close: string]
  readonly bom?: true
}

export interface TextPayload {
  readonly text: string
}

export interface TextBody extends TextPayload, Delayed {
  /** U+FEFF stands before `text`. */
  readonly bom?: true
}

export interface Base64Payload {
  /** RFC 4648 §4, padded. A list: pieces of a large body, each decoded by itself. */
  readonly base64: string | readonly string[]
}

export type Base64Body = Base64Payload & Delayed

/**
 * One event. The lines stand on the wire in the order of the keys; a value with LF in it is several lines of
 * that field. `raw` and `base64` hold a block that no other keys can say, its line ends included.
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
  /** Of every event's JSON; an event's own keys are laid over it. */
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
  /** Of every line's JSON; a line's own keys are laid over it. */
  readonly layout?: JsonLayout
  readonly eol?: 'crlf'
  /** `false`: the last line has no line end. */
  readonly newline?: false
}

/** `application/x-www-form-urlencoded`: a map, or a list where a name comes twice. */
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

/** `raw`: base64 of bytes that are no well-formed message (cut short, wrong checksum). */
export type EventStreamEntry = (EventStreamMessage & Delayed) | (SseRaw & Delayed)

export interface EventStreamBody {
  readonly eventstream: readonly EventStreamEntry[]
}

/**
 * One gRPC message. `base64` is the message, decompressed where that was possible; `compressed`: it was not, and still is as
 * `grpc-encoding` says. `json` is what it says where its descriptor was known: for people to read, nobody else does.
 */
export interface GrpcMessage extends Base64Payload, Delayed {
  readonly json?: JsonValue
  readonly compressed?: boolean
}

/** `raw`: base64 of bytes that are no whole message (cut short), or one with a flag of its own (the trailers of gRPC-Web). */
export type GrpcEntry = GrpcMessage | (SseRaw & Delayed)

export interface GrpcBody {
  readonly grpc: readonly GrpcEntry[]
}

/** What one side of a WebSocket said. `type`: of the frame, where it is not `text` for JSON and text, `binary` for base64. */
export type WebSocketMessage =
  | ((JsonPayload | TextPayload | Base64Payload) & { readonly type?: 'text' | 'binary' })
  | { readonly ping: string | Base64Payload }
  | { readonly pong: string | Base64Payload }
  /** No code: the close frame was empty. */
  | { readonly close: { readonly code?: number; readonly reason?: string } }
  /** Base64 of bytes that are no frame: what follows a breach of the protocol, or a frame cut short. */
  | { readonly raw: string | readonly string[] }

/** The delay is since the entry before, whoever said it (the first: since the response head); clients keep their own time. */
export type WebSocketEntry =
  | { readonly client: WebSocketMessage }
  | { readonly server: WebSocketMessage & Delayed }

/** What followed a 101, both ways, in order. */
export interface WebSocketBody {
  readonly websocket: readonly WebSocketEntry[]
  /** Of the JSON each side sent; a message's own keys are laid over it. */
  readonly layout?: { readonly client?: JsonLayout; readonly server?: JsonLayout }
}

/**
 * A body as the cassette holds it: one of ten forms, told apart by the key that names the form, beside the
 * few keys that form needs to give the very bytes back. JSON-like values only.
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
] as const

export type BodyForm = (typeof BODY_FORMS)[number]
