import type { HeaderPairs } from '../exchange/exchange.ts'
import type { JsonObject, JsonValue } from './json/json.ts'

/** A request as users and recorders hand it in. */
export interface MatchRequest {
  readonly method: string
  /** Absolute. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | HeaderPairs
  /** A string is the raw text, bytes are the bytes as sent, any other JSON value is sent as JSON; `null` or absent: no body. */
  readonly body?: string | Uint8Array | JsonValue | null
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
  | 'binary'
  | 'none'

/** A request taken apart once, before the providers are asked. */
export interface ParsedRequest {
  /** Upper case. */
  readonly method: string
  /** Lower case, default port cut; every loopback name is `loopback`. */
  readonly host: string
  /** Percent-decoded, without doubled or trailing slashes. */
  readonly path: string
  /** Like `path`, but `%2F`, `%3F`, `%23` and `%25` stay: two paths of a service nobody knows are never made one. */
  readonly plainPath: string
  readonly query: readonly (readonly [name: string, value: string])[]
  /** Names lower case; values of one name joined by ", ". */
  readonly headers: ReadonlyMap<string, string>
  /** After `content-encoding` is undone; empty: no body. */
  readonly bytes: Uint8Array
  /** The body as JSON; `undefined`: it is not JSON. */
  readonly json: JsonValue | undefined
  /** The body when it is a JSON object, else an object without fields. */
  readonly body: JsonObject
  /** The request opens a WebSocket. */
  readonly webSocket?: true
  /** The volatile names that `matchOn` lists: these stay in the canonical request. */
  readonly keep: ReadonlySet<string>
}

/** The canonical path of an operation, and the model where the URL names it. */
export interface Route {
  readonly path: string
  readonly model?: string
}

/** What a provider makes of a request: the canonical fields, and what of them belongs to the envelope. */
export interface Canonical {
  readonly fields: Record<string, unknown>
  readonly stream?: boolean
  readonly background?: boolean
  readonly alt?: string
}

/**
 * One wire API. Providers are pure: the same request gives the same canonical form, in every process and for ever,
 * because keys are stored in cassettes.
 */
export interface Provider {
  /** The dialect's label, which also names the parser of its responses: `openai-chat`, `anthropic-messages` ... */
  readonly api: string
  /** Whether this provider reads this request. Called for every request: look at path, host and the body's shape only. */
  detect(request: ParsedRequest): boolean
  operation(request: ParsedRequest): Operation
  /** Absent: the path as it stands. Only for an operation whose `model` then is among the canonical fields. */
  route?(request: ParsedRequest): Route
  canonicalize(request: ParsedRequest): Canonical
}

/**
 * The request with everything that does not determine the answer taken out (CANONICAL section 2). A plain JSON value,
 * fit for `JSON.stringify`. A raw field of the body named like one of the first eight is found as `body.<name>`.
 */
export interface CanonicalRequest {
  readonly method: string
  /** Only where the host is part of the keys. */
  readonly host?: string
  readonly path: string
  readonly op: Operation
  /** The dialect, for information; never hashed. */
  readonly api: string
  readonly stream: boolean
  readonly background?: true
  readonly alt?: string
  readonly [field: string]: unknown
}

/** A string exactly when the content is one bare text part. */
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

/** A function (no `type`) or a built-in tool (with `type`). */
export interface Tool {
  type?: string
  name?: string
  [field: string]: unknown
}
