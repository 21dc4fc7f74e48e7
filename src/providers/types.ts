import type { HeaderPairs } from '../exchange/types.ts'

/** A JSON value as `JSON.parse` gives it. Numbers a double cannot hold are `JSON.rawJSON` objects. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined }
export type JsonObject = { [key: string]: JsonValue | undefined }

/** A request as users and recorders hand it in. */
export interface MatchRequest {
  readonly method: string
  /** Absolute. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | HeaderPairs
  /** A string is the raw text, bytes are the bytes as sent, any other JSON value is sent as JSON; `null` or absent: no body. */
  readonly body?: string | Uint8Array | JsonValue | null
}

export interface CanonicalRequest {
  readonly method: string
  /** Only where the host is part of the keys. */
  readonly host?: string
  readonly path: string
  readonly op: string
  /** The dialect, for information; never hashed. */
  readonly api: string
  readonly stream: boolean
  readonly background?: true
  readonly alt?: string
  readonly [field: string]: unknown
}
