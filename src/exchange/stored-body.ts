/** What JSON and YAML's core schema both can say. Key order is meaning here: whoever writes it must not sort. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

/** How a JSON text differs from `JSON.stringify(value)`; no key: not at all. */
export interface JsonLayout {
  /** Spaces per level, or the very string: as `JSON.stringify`'s third argument. */
  readonly indent?: number | string
  /** `{"a": 1, "b": 2}`: one space after each colon and comma, as Python's `json.dumps` writes. */
  readonly spaced?: true
  /** Spaces before the last bracket: Anthropic pads the data of its events so. */
  readonly pad?: number
}

export interface JsonPayload extends JsonLayout {
  readonly json: JsonValue
}

/** Line ends; absent: LF. */
export type StoredEol = 'crlf' | 'cr'

/** Milliseconds since the previous entry (the first: since the response head); absent: at once. */
export interface Delayed {
  readonly delay_ms?: number
}

export interface JsonBody extends JsonPayload, Delayed {
  /** The line ends of an indented text. */
  readonly eol?: StoredEol
  /** A line end follows the value. */
  readonly newline?: true
  readonly bom?: true
}

export interface TextBody extends Delayed {
  readonly text: string
  /** U+FEFF stands before `text`. */
  readonly bom?: true
}

export interface Base64Body extends Delayed {
  /** RFC 4648 §4, padded. A list: pieces of a large body, each decoded by itself. */
  readonly base64: string | readonly string[]
}

/**
 * One event. The lines stand on the wire in the order of the keys; a value with LF in it is several lines of
 * that field. `raw` and `base64` hold a block that no other keys can say, its line ends included.
 */
export type SseEntry = SseFields | SseRaw | (Base64Body & { readonly base64: string })

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
  readonly eol?: StoredEol
  /** `data:x` instead of `data: x` in every line. */
  readonly tight?: true
  readonly bom?: true
}

export type NdjsonEntry = (JsonPayload & Delayed) | TextBody | (Base64Body & { readonly base64: string })

export interface NdjsonBody {
  readonly ndjson: readonly NdjsonEntry[]
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

export type MultipartPart = { readonly headers: { readonly [name: string]: string } } & (
  | JsonPayload
  | { readonly text: string }
  | { readonly base64: string | readonly string[] }
)

export interface MultipartBody extends Delayed {
  readonly multipart: readonly MultipartPart[]
  readonly boundary: string
  readonly preamble?: string
  /** What follows the closing delimiter; absent: CRLF. */
  readonly epilogue?: string
}

/** A header of an AWS event stream message: a string, or the other nine types by name. */
export type EventStreamHeader =
  | string
  | { readonly boolean: boolean }
  | { readonly byte: number }
  | { readonly short: number }
  | { readonly integer: number }
  /** Decimal: it can pass 2^53. */
  | { readonly long: string }
  | { readonly bytes: string }
  /** Milliseconds since the epoch, decimal. */
  | { readonly timestamp: string }
  | { readonly uuid: string }

/** One message of `application/vnd.amazon.eventstream`; lengths and checksums are recomputed. */
export type EventStreamMessage = { readonly headers: { readonly [name: string]: EventStreamHeader } } & (
  | JsonPayload
  | { readonly text: string }
  | { readonly base64: string }
)

/** `raw`: base64 of bytes that are no well-formed message (cut short, wrong checksum). */
export type EventStreamEntry = (EventStreamMessage & Delayed) | ({ readonly raw: string } & Delayed)

export interface EventStreamBody {
  readonly eventstream: readonly EventStreamEntry[]
}

/**
 * A body as the cassette holds it: one of eight forms, told apart by the key that names the form, beside the
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
] as const

export type BodyForm = (typeof BODY_FORMS)[number]
