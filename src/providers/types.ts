import type { HeaderPairs } from '../exchange/exchange.ts'
import type { JsonObject, JsonValue } from './json/json.ts'

/** A request as users and recorders pass it in. */
export interface MatchRequest {
  readonly method: string
  /** An absolute URL. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | HeaderPairs
  /** A string is the text as sent. Bytes are the bytes as sent. Any other JSON value is sent as JSON. `null` or absent: no body. */
  readonly body?: string | Uint8Array | JsonValue | null
  /** The body is content-decoded although the headers still name a `content-encoding`. */
  readonly contentDecoded?: true
}

/** What a request is read with, beside itself. */
export interface ReadOptions {
  /** Volatile names that count: `matchOn` lists them. */
  readonly keep?: ReadonlySet<string>
  /** Names whose value counts whatever it looks like (`redact.keep`), in the form of `plainName`. */
  readonly counted?: ReadonlySet<string>
  /** Times that the clocks showed at the request, ms since 1970. Absent: any time from 2000 to 2100 may be that moment. */
  readonly moments?: readonly number[] | undefined
}

export type Operation =
  | 'chat'
  | 'completion'
  | 'count_tokens'
  | 'responses.compact'
  | 'embeddings'
  | 'images.generate'
  | 'images.edit'
  | 'audio.transcription'
  | 'audio.translation'
  | 'audio.speech'
  | 'multipart'
  | 'websocket'
  | 'grpc'
  | 'generic'
  | 'form'
  | 'binary'
  | 'none'

/** A request, parsed once before the providers are asked. */
export interface ParsedRequest {
  /** Upper case. */
  readonly method: string
  /** Lower case, without the default port. Every loopback name is `loopback`. */
  readonly host: string
  /** Percent-decoded, without doubled or trailing slashes. */
  readonly path: string
  /** Like `path`, but `%2F`, `%3F`, `%23` and `%25` stay encoded, so that two paths of an unknown service stay different. */
  readonly plainPath: string
  readonly query: readonly (readonly [name: string, value: string])[]
  /** Names in lower case. Several values of one name are joined by ", ". */
  readonly headers: ReadonlyMap<string, string>
  /** The body after `content-encoding` is decoded. Empty if there is no body. */
  readonly bytes: Uint8Array
  /** The body as JSON. `undefined` if it is not JSON. */
  readonly json: JsonValue | undefined
  /** The body if it is a JSON object, otherwise an empty object. */
  readonly body: JsonObject
  /** The request opens a WebSocket. */
  readonly websocket?: true
  /** The volatile names that `matchOn` lists. These stay in the canonical request. */
  readonly keep: ReadonlySet<string>
  /** See `ReadOptions`. */
  readonly counted: ReadonlySet<string>
  readonly moments?: readonly number[] | undefined
}

/** The canonical path of an operation, and the model if the URL names it. `canonicalize` must return that model as a field. */
export interface Route {
  readonly path: string
  readonly model?: string
}

/** The result of a provider: the canonical fields, and those values that belong to the envelope. */
export interface Canonical {
  readonly fields: Record<string, unknown>
  readonly stream?: boolean
  readonly background?: boolean
  readonly alt?: string
}

/**
 * One wire API. A provider is a pure function: the same request always gives the same canonical form, in every process and
 * version, because cassettes store the keys.
 */
export interface Provider {
  /** The label of the API. It also selects the parser of the responses: `openai-chat`, `anthropic-messages` ... */
  readonly api: string
  /** Whether this provider reads this request. Called for every request, so look only at path, host and the shape of the body. */
  detect(request: ParsedRequest): boolean
  operation(request: ParsedRequest): Operation
  /** The canonical path. If absent, the path is used unchanged, so a model in it stays there. */
  route?(request: ParsedRequest): Route
  canonicalize(request: ParsedRequest): Canonical
}

/**
 * The request, reduced to what determines the answer (see docs/matching.md). It is a plain JSON value that `JSON.stringify`
 * accepts. If a body field has the name of one of the first nine fields, it is stored as `body.<name>`.
 */
export interface CanonicalRequest {
  readonly method: string
  /** Present only if the host is part of the keys. */
  readonly host?: string
  readonly path: string
  readonly op: Operation
  /** The label of the API, for information. It is never hashed. */
  readonly api: string
  readonly stream: boolean
  readonly background?: true
  readonly alt?: string
  /** The headers that count, by name in lower case. `true`: only that the request has it counts. */
  readonly headers?: Readonly<Record<string, string | true>>
  readonly [field: string]: unknown
}

/** A string if and only if the content is one text part without further fields. */
export type Content = string | Part[]

export interface Part {
  type: string
  [field: string]: unknown
}

export interface ToolCall {
  id: string
  name: string
  [field: string]: unknown
}

export interface Message {
  role: string
  content?: Content
  tool_calls?: ToolCall[]
  tool_call_id?: string
  [field: string]: unknown
}

/** A function (without `type`) or a built-in tool (with `type`). */
export interface Tool {
  type?: string
  name?: string
  [field: string]: unknown
}
