import type { GivenForms } from '../exchange/given-form.ts'
import type { StoredBody } from '../exchange/body/stored-body.ts'
import type { StoredSince } from './since.ts'
import type { Turns } from './turns.ts'

/**
 * Header lines in wire order and letter case. A mapping from name to value, or to a list of the values of consecutive lines. If
 * a mapping cannot hold them (a name that comes again later or in another letter case, `__proto__`, names of digits only), a list
 * of `[name, value]`.
 */
export type StoredHeaders =
  | { readonly [name: string]: string | readonly string[] }
  | readonly (readonly [name: string, value: string])[]

/**
 * A body whose content coding is removed. `encoded`: it is still encoded as the `content-encoding` header says, because that
 * coding could not be undone. `bare_deflate`: its `deflate` was bare, without the zlib header and checksum.
 */
export type InteractionBody = StoredBody & { readonly encoded?: true; readonly bare_deflate?: true }

/** The match key of a recording, and how it was computed. */
export interface StoredMatch {
  /** 64 hex digits. */
  readonly key: string
  /** 64 hex digits. */
  readonly semantic_key: string
  /** The canonical fields that `key` is computed from. */
  readonly on: readonly string[]
  readonly api: string
  /** The version of the matching rules. */
  readonly v: number
}

/** For an interaction that is never written to a file. */
export const NO_MATCH: StoredMatch = { key: '', semantic_key: '', on: [], api: '', v: 0 }

export interface InteractionRequest {
  readonly method: string
  readonly url: string
  readonly headers: StoredHeaders
  readonly body?: InteractionBody
  /** The answer came before the client had sent the whole body. */
  readonly incomplete?: true
}

export interface InteractionResponse {
  /** 200 to 999, or 101 with a WebSocket. */
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
  /** How many units of the request (messages, or bytes of a body without messages) had been sent when the head came; absent: all. */
  readonly after?: number
  /** The same for the body. Only together with `after`. */
  readonly turns?: Turns
  /** Which parts came after the requests of other interactions. */
  readonly since?: StoredSince
  /** The forms of the stand-ins for what the server gave, by the stand-in. */
  readonly forms?: GivenForms
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
 * One recorded exchange in the shape of the YAML file. Keys that this version does not know stay in every mapping and are
 * written back.
 */
export interface Interaction {
  readonly id: string
  /** In a journal: the name that marks of the same journal have for it, because ids are not certain yet. */
  readonly sent?: string
  /** ISO 8601. */
  readonly recorded_at: string
  /** Digests of values that take no part in the key, by place. Only if they tell recordings of one key apart. */
  readonly apart?: Readonly<Record<string, string>>
  readonly request: InteractionRequest
  /** Absent: a person removed it, so the keys must be computed from the request. */
  readonly match?: StoredMatch
  readonly response?: InteractionResponse
  readonly failure?: InteractionFailure
  readonly incomplete?: true
  /** The exchange was still going on when its cassette was closed. */
  readonly open?: true
  /** How long the client had received nothing when it gave up, ms; absent: less than a second. */
  readonly waited_ms?: number
  readonly rebased?: { readonly [key: string]: unknown }
}

/** The keys of each mapping in the order of the file. Unknown keys come last. */
export const KEY_ORDER = {
  interaction: [
    'id',
    'sent',
    'recorded_at',
    'apart',
    'request',
    'match',
    'response',
    'failure',
    'incomplete',
    'open',
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
    'since',
    'forms',
  ],
  failure: ['name', 'message', 'code', 'http2_code'],
} as const
