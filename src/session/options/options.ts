import type { ExchangeHook } from './hooks.ts'
import type { RedactList, RedactOptions } from '../../redaction/options.ts'
import type { WebSocketOptions } from './websocket.ts'

export type { ExchangeHook, RecordedExchange } from './hooks.ts'
export type { Exchange } from '../../exchange/exchange.ts'
export type { RedactList, RedactOptions } from '../../redaction/options.ts'
export type { FrameMatcher, FrameView, WebSocketOptions } from './websocket.ts'

export type RecordMode = 'once' | 'none' | 'new_episodes' | 'all'
export type RecordModeAlias = 'auto' | 'replay' | 'record' | 'rewrite'

/** A request as matchers and `ignore` predicates see it. Names of headers in lower case; redacted. */
export interface RequestView {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Content-decoded; text where it is UTF-8. */
  readonly body: string | Uint8Array | null
}

export type RequestMatcher = (recorded: RequestView, incoming: RequestView) => boolean
export type IgnoreRule = string | RegExp | ((request: { method: string; url: string }) => boolean)

export interface GrpcOptions {
  /** Paths from the working directory, or from one of `includeDirs`. Needs `@grpc/proto-loader`. */
  readonly protos: readonly string[]
  /** Where imports are looked for, beside the folders of the files themselves. */
  readonly includeDirs?: readonly string[]
}

export interface CassetteOptions {
  /** Default `once`; `none` where `CI` is set and neither `false` nor `0`. `CASSETTE_MODE` overrides it. */
  readonly mode?: RecordMode | RecordModeAlias
  /** Names of canonical fields that make the key, or a predicate asked on top of the key. */
  readonly matchOn?: readonly string[] | RequestMatcher
  /**
   * What a miss does: `throw` (default); `passthrough`: live, not recorded; `rebase`: the nearest recording of the same
   * path takes on the new request and answers with its old response. `rebase` is refused where `CI` is set.
   */
  readonly onMiss?: 'throw' | 'passthrough' | 'rebase'
  /** What a non-2xx/3xx answer does while recording: `warn` (default) and `record` keep it, `raise` rejects. */
  readonly onRecordError?: 'warn' | 'raise' | 'record'
  /** Whether the last of identical recordings answers again and again. Default `false`. */
  readonly allowPlaybackRepeats?: boolean
  /** What to redact beside the safe set, and what of that set to keep. */
  readonly redact?: RedactOptions | RedactList
  /** Traffic that passes through untouched: hosts (`localhost:3000`, `*.internal`), URL patterns or a predicate. */
  readonly ignore?: IgnoreRule | readonly IgnoreRule[]
  /**
   * What becomes of traffic that is no HTTP, gRPC or WebSocket (a database, a DNS query, UDP) where nothing may go live:
   * `allow` (default): it passes; `deny`: it fails with `NetworkDeniedError`, unless `ignore` names its host.
   */
  readonly network?: 'allow' | 'deny'
  /** How what a client says on a WebSocket is held against the recording. */
  readonly websocket?: WebSocketOptions
  /** `.proto` files by which gRPC messages are made readable, where the client's own definitions are not enough. */
  readonly grpc?: GrpcOptions
  /** Changes an exchange before it is redacted and written; `null`: not recorded. */
  readonly beforeRecord?: ExchangeHook
  /** Changes an exchange before a client is given it; `null`: as if it were not in the cassette. */
  readonly beforeReplay?: ExchangeHook
  /** `instant` (default), `recorded`, or a speed factor: 2 plays twice as fast as recorded. */
  readonly timing?: 'instant' | 'recorded' | number
  /** How old a recording may be: milliseconds, or a text such as `90d`, `12h`, `30m`. */
  readonly maxAge?: number | string
  /** What an older one does: `warn` (default), `fail`, or `rerecord`, which acts as mode `all` where recording is allowed. */
  readonly onStale?: 'warn' | 'fail' | 'rerecord'
  /** Whether a recorded interaction that was not played fails the run. Default `false`. */
  readonly strict?: boolean
}

export interface ResolvedOptions {
  readonly mode: RecordMode
  /** Where the mode comes from, for messages: `CASSETTE_MODE`, `CI`, or nothing worth saying. */
  readonly modeSource: 'CASSETTE_MODE' | 'CI' | 'options' | 'default'
  readonly matchOn: readonly string[] | undefined
  readonly matcher: RequestMatcher | undefined
  readonly onMiss: 'throw' | 'passthrough' | 'rebase'
  readonly onRecordError: 'warn' | 'raise' | 'record'
  readonly allowPlaybackRepeats: boolean
  readonly redact: RedactOptions | RedactList | undefined
  readonly ignore: readonly IgnoreRule[]
  readonly network: 'allow' | 'deny'
  readonly webSocket: WebSocketOptions | undefined
  readonly grpc: GrpcOptions | undefined
  readonly beforeRecord: ExchangeHook | undefined
  readonly beforeReplay: ExchangeHook | undefined
  /** Recorded delays are multiplied by this. */
  readonly delayFactor: number
  /** Milliseconds. */
  readonly maxAge: number | undefined
  readonly onStale: 'warn' | 'fail' | 'rerecord'
  readonly strict: boolean
}
