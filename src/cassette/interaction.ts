import type { StoredBody } from '../exchange/body/stored-body.ts'
import type { Turns } from './turns.ts'

/**
 * Header lines in wire order and letter case. A mapping from name to value, or to the values of lines that
 * follow each other; what a mapping cannot hold (a name that comes again later or in another case, `__proto__`,
 * names of digits only) is a list of `[name, value]`.
 */
export type StoredHeaders =
  | { readonly [name: string]: string | readonly string[] }
  | readonly (readonly [name: string, value: string])[]

/**
 * A body, content coding removed. `encoded`: it is still coded as the `content-encoding` header says, because
 * that coding could not be undone. `bare_deflate`: its `deflate` was without the zlib format around it.
 */
export type InteractionBody = StoredBody & { readonly encoded?: true; readonly bare_deflate?: true }

/** How a recording was keyed when it was made. */
export interface StoredMatch {
  /** 64 hex digits. */
  readonly key: string
  /** 64 hex digits. */
  readonly semantic_key: string
  /** The canonical fields behind `key`. */
  readonly on: readonly string[]
  readonly api: string
  /** The version of the rules behind the keys. */
  readonly v: number
}

/** For an interaction that is not going into a file. */
export const NO_MATCH: StoredMatch = { key: '', semantic_key: '', on: [], api: '', v: 0 }

export interface InteractionRequest {
  readonly method: string
  readonly url: string
  readonly headers: StoredHeaders
  readonly body?: InteractionBody
  /** The client was answered before it had sent all of the body. */
  readonly incomplete?: true
}

export interface InteractionResponse {
  /** 100 to 999. */
  readonly status: number
  /** Absent: 1.1. */
  readonly http_version?: '1.0' | '2'
  readonly informational?: readonly StoredInformational[]
  /** Absent: the standard phrase of the status. */
  readonly reason?: string
  readonly headers: StoredHeaders
  readonly body?: InteractionBody
  readonly trailers?: StoredHeaders
  /** Milliseconds from the request to the response head; absent: 0. */
  readonly delay_ms?: number
  /** How many units of the request (messages, or bytes of an unframed body) had been sent when the head came; absent: all. */
  readonly after?: number
  /** The same for the body, where `after` is there. */
  readonly turns?: Turns
}

/** A response before the final one. */
export interface StoredInformational {
  /** 102 to 199. */
  readonly status: number
  readonly headers: StoredHeaders
}

export interface InteractionFailure {
  readonly name: string
  readonly message: string
  readonly code?: string
  /** The error code of an HTTP/2 stream reset. */
  readonly http2_code?: number
}

/**
 * One recorded exchange, exactly as the YAML file shapes it. Keys that this version does not know stay on the
 * object, in every mapping, and are written back.
 */
export interface Interaction {
  readonly id: string
  /** ISO 8601. */
  readonly recorded_at: string
  readonly request: InteractionRequest
  /** Absent: a person took it out, and the keys are to be computed from the request. */
  readonly match?: StoredMatch
  readonly response?: InteractionResponse
  readonly failure?: InteractionFailure
  readonly incomplete?: true
  /** How long nothing had come when the client gave up, milliseconds; absent: less than a second. */
  readonly waited_ms?: number
  readonly rebased?: { readonly [key: string]: unknown }
}

/** The keys of each mapping in the order the file has them; unknown ones come after. */
export const KEY_ORDER = {
  interaction: [
    'id',
    'recorded_at',
    'request',
    'match',
    'response',
    'failure',
    'incomplete',
    'waited_ms',
    'rebased',
  ],
  request: ['method', 'url', 'headers', 'body', 'incomplete'],
  match: ['key', 'semantic_key', 'on', 'api', 'v'],
  response: [
    'status',
    'reason',
    'http_version',
    'informational',
    'headers',
    'body',
    'trailers',
    'delay_ms',
    'after',
    'turns',
  ],
  failure: ['name', 'message', 'code', 'http2_code'],
} as const
