import type { HeaderPairs } from '../exchange/exchange.ts'
import type { JsonValue } from '../providers/json/json.ts'

/** A response as users and cassettes hand it in. */
export interface DriftResponse {
  /** The HTTP status; 101 for a WebSocket. */
  readonly status: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | HeaderPairs
  /**
   * A string is the raw text, bytes are the bytes as received (a `content-encoding` is undone), any other JSON value is
   * the parsed body. `null` or absent: no body.
   */
  readonly body?: string | Uint8Array | JsonValue | null
  /** In place of a body: the decoded messages of a gRPC call, or what the server of a WebSocket said, in order. */
  readonly messages?: readonly JsonValue[]
  /** For example those of a gRPC call, which hold its status. */
  readonly trailers?: DriftResponse['headers']
  /** The recording ended before the body did. */
  readonly incomplete?: boolean
}

export type Finish =
  | 'stop'
  | 'length'
  | 'tool_calls'
  | 'content_filter'
  | 'refusal'
  | 'pause'
  | 'error'
  | null

export interface DigestCall {
  readonly name: string
  /** Parsed; the text itself if it is not JSON. */
  readonly arguments: unknown
}

export interface DigestMedia {
  /** The media type, or `image`, `audio` ... if the API does not say more. */
  readonly type: string
  /** 64 hex digits: of the bytes, or of the URL if the answer holds no bytes. */
  readonly sha256: string
}

export interface DigestChoice {
  readonly text: string
  readonly tool_calls: readonly DigestCall[]
  readonly finish: Finish
  readonly refusal: string | null
  /** The stream, or the JSON text, ended before the answer did. */
  readonly truncated: boolean
  readonly reasoning: string
  readonly media: readonly DigestMedia[]
}

export interface DigestError {
  readonly type: string
  readonly code?: string
  readonly message: string
}

/** What an answer says, whatever the API and the wire format. */
export interface Digest {
  /** `false`: an error status, an error in a successful response, or an error event in the stream. */
  readonly ok: boolean
  readonly status: number
  readonly error?: DigestError
  readonly choices: readonly DigestChoice[]
  /** Embeddings, in the order of the inputs. */
  readonly vectors?: readonly (readonly number[])[]
  /** A response that is not an answer of a model: its JSON, or its text. */
  readonly body?: unknown
  /** Tokens. */
  readonly usage: { readonly input: number | null; readonly output: number | null } | null
}

export interface DigestOptions {
  /** The label of the API, as `fingerprint` gives it: `openai-chat`, `anthropic-messages`, `gemini` ... */
  readonly api: string
}

export interface CompareOptions extends DigestOptions {
  /** The label of the API of `current`, if the two sides have different APIs. */
  readonly currentApi?: string
  /** Judge the values inside structured output too, not only its shape. */
  readonly strictValues?: boolean
}

export type Verdict = 'identical' | 'benign' | 'regression'

export type Rule =
  | 'error'
  | 'status'
  | 'choices'
  | 'stream'
  | 'finish'
  | 'refusal'
  | 'tool_calls'
  | 'text'
  | 'json_shape'
  | 'media'
  | 'reasoning'
  | 'embeddings'
  | 'body'

export interface Change {
  /** Where in the digest: `choices[0].tool_calls[get_weather].arguments.city`. */
  readonly path: string
  readonly rule: Rule
  readonly verdict: 'benign' | 'regression'
  /** `undefined`: not there. */
  readonly before: unknown
  readonly after: unknown
}

export interface Comparison {
  /** The worst of the changes. */
  readonly verdict: Verdict
  readonly changes: readonly Change[]
}
