import type { JsonValue } from '../providers/json/json.ts'

export interface TextPart {
  readonly kind: 'text'
  readonly text: string
}

/** Either `data` or `url`. */
export interface MediaPart {
  readonly kind: 'image' | 'audio' | 'file'
  /** For example `image/png`. */
  readonly mediaType?: string
  /** Base64. */
  readonly data?: string
  readonly url?: string
  /** The name of a file. */
  readonly name?: string
  /** How closely the model looks at an image, as OpenAI says it: `low`, `high` ... */
  readonly detail?: string
}

export interface CallPart {
  readonly kind: 'call'
  /** `call_1`, `call_2` ... in the order of the conversation. */
  readonly id: string
  readonly name: string
  /** An object; the text itself if it is not JSON. */
  readonly arguments: JsonValue
}

export interface ResultPart {
  readonly kind: 'result'
  /** That of the call. */
  readonly id: string
  readonly name: string
  readonly parts: readonly (TextPart | MediaPart)[]
  /** The tool failed. */
  readonly failed?: true
}

/** One message. The results of tools that stand together are one message of role `tool`. */
export type Said =
  | { readonly role: 'system'; readonly parts: readonly TextPart[] }
  | { readonly role: 'user'; readonly parts: readonly (TextPart | MediaPart)[] }
  | { readonly role: 'assistant'; readonly parts: readonly (TextPart | MediaPart | CallPart)[] }
  | { readonly role: 'tool'; readonly parts: readonly ResultPart[] }

export interface ToolSpec {
  readonly name: string
  readonly description?: string
  /** A JSON Schema. Absent: the tool has no parameters. */
  readonly schema?: JsonValue
  readonly strict?: true
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string }

/** The form that the answer must have. */
export type Format =
  | { readonly kind: 'object' }
  | {
      readonly kind: 'schema'
      readonly schema: JsonValue
      readonly name?: string
      readonly description?: string
      readonly strict?: true
    }

export interface Settings {
  readonly maxTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly stop?: readonly string[]
  readonly seed?: number
  readonly n?: number
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
}

/** What a request asks of a model, in the words of no API. */
export interface Asking {
  readonly system: readonly string[]
  readonly messages: readonly Said[]
  readonly tools: readonly ToolSpec[]
  readonly choice?: ToolChoice
  /** At most one call of a tool in an answer. */
  readonly serial?: true
  readonly format?: Format
  readonly settings: Settings
  /** Names of settings that another API does not have. They are left out, and told. */
  readonly left: readonly string[]
  /** The id of an earlier answer on which this one goes on. The server knows that conversation. */
  readonly after?: string
}

/** A request to be sent, without its host and its key. */
export interface WrittenRequest {
  /** Below the base URL of the API: `/chat/completions`. */
  readonly path: string
  readonly body: JsonValue
  /** Settings that were left out. */
  readonly left: readonly string[]
}
