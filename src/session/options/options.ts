import type { ExchangeHook } from './hooks.ts'
import type { RedactList, RedactOptions } from '../../redaction/options.ts'
import type { WebSocketOptions } from './websocket.ts'

export type { ExchangeHook, RecordedExchange } from './hooks.ts'
export type { Exchange } from '../../exchange/exchange.ts'
export type { RedactList, RedactOptions } from '../../redaction/options.ts'
export type { FrameMatcher, FrameView, WebSocketOptions } from './websocket.ts'

export type RecordMode = 'once' | 'none' | 'new_episodes' | 'all'
export type RecordModeAlias = 'auto' | 'replay' | 'record' | 'rewrite'

/** A request as matchers see it, redacted. Names of headers are in lower case. */
export interface RequestView {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Content-decoded. A string if it is UTF-8. */
  readonly body: string | Uint8Array | null
}

export type RequestMatcher = (recorded: RequestView, incoming: RequestView) => boolean
export type IgnoreRule = string | RegExp | ((request: { method: string; url: string }) => boolean)

/** The `.proto` files that describe gRPC messages. */
export interface GrpcOptions {
  /** Paths from the working directory, or from one of `includeDirs`. Needs the package `@grpc/proto-loader`. */
  readonly protos: readonly string[]
  /**
   * Folders in which imports are looked for, in addition to the folders of the files themselves.
   * @defaultValue none
   */
  readonly includeDirs?: readonly string[]
}

export interface CassetteOptions {
  /**
   * When a request is replayed and when it is recorded. `auto` means `new_episodes`, `replay` means `none`, `record` and
   * `rewrite` mean `all`. `CASSETTE_MODE` overrides it.
   * @defaultValue `once`; `none` if `CI` is set and is neither empty nor `false` nor `0`
   * @see docs/recording.md
   */
  readonly mode?: RecordMode | RecordModeAlias
  /**
   * What makes two requests the same. A list of canonical field names replaces the default key. A function is asked in
   * addition to the key, and `false` from it means no match. `CASSETTE_MATCH_ON` (names with commas) overrides it.
   * @defaultValue the fields that determine the answer
   * @see docs/matching.md
   * @example
   * matchOn: ['model', 'messages']
   * @example
   * matchOn: (recorded, incoming) => recorded.url === incoming.url
   */
  readonly matchOn?: readonly string[] | RequestMatcher
  /**
   * What a miss does. `throw` fails the run. `passthrough` sends the request to its server and does not record it.
   * `rebase` gives the nearest recording of the same path the new request, and answers with its old response; it is
   * refused if `CI` is set.
   * @defaultValue `throw`
   * @see docs/misses-and-rebase.md
   */
  readonly onMiss?: 'throw' | 'passthrough' | 'rebase'
  /**
   * What a response with status 400 or more does while recording. `warn` records it and warns. `record` records it.
   * `raise` fails with `RecordedErrorResponse`, and nothing is written.
   * @defaultValue `warn`
   */
  readonly onRecordError?: 'warn' | 'raise' | 'record'
  /**
   * Whether the last of several identical recordings answers again and again. If not, each recording answers once.
   * @defaultValue `false`
   */
  readonly allowPlaybackRepeats?: boolean
  /**
   * What to redact in addition to the safe set, which is always on, and what of that set to keep.
   * @defaultValue the safe set
   * @see docs/redaction.md
   */
  readonly redact?: RedactOptions | RedactList
  /**
   * Traffic that passes through, neither recorded nor replayed: host names (`localhost:3000`, `*.internal`), URL patterns
   * (`https://x.com/health*`), regular expressions that are tried on the URL, functions, or a list of these.
   * All names of this machine (`localhost`, `127.0.0.1`, `::1`) are one host. `CASSETTE_IGNORE` (texts with commas) overrides it.
   * @defaultValue nothing
   * @example
   * ignore: ['localhost:3000', ({ method, url }) => method === 'GET' && url.endsWith('/health')]
   */
  readonly ignore?: IgnoreRule | readonly IgnoreRule[]
  /**
   * What SDKs send on their own (traces, metrics, events of OpenAI, LangSmith, Langfuse, PostHog, Sentry, Datadog, Segment, OTLP
   * and others) goes live while recording, and is never recorded. In replay it gets the success that its service gives. A list
   * adds addresses, in the forms of `ignore`. `false` treats it as other traffic.
   * @defaultValue the endpoints of known services
   * @see docs/recording.md
   * @example
   * telemetry: ['https://events.example.com/*']
   */
  readonly telemetry?: false | IgnoreRule | readonly IgnoreRule[]
  /**
   * Traffic that cassette cannot record (databases, UDP, DNS), in modes that do not allow the network. `allow` lets it
   * through. `deny` fails it with `NetworkDeniedError`, unless `ignore` names its host (`db:5432`,
   * `unix:///run/db.sock`). Connections that are older than the cassette continue.
   * @defaultValue `allow`
   */
  readonly network?: 'allow' | 'deny'
  /**
   * How a client's WebSocket messages are compared with the recorded ones.
   * @defaultValue ids and times do not count
   * @see docs/websocket.md
   */
  readonly websocket?: WebSocketOptions
  /**
   * `.proto` files that make gRPC messages readable if the client's own definitions are not enough.
   * @defaultValue what the client knows
   * @see docs/grpc.md
   */
  readonly grpc?: GrpcOptions
  /**
   * Changes an exchange, in the shape that it has in the file, before it is redacted and written. `null` means that it is
   * not recorded.
   * @defaultValue none
   */
  readonly beforeRecord?: ExchangeHook
  /**
   * Changes an exchange, in the shape that it has in the file, before it is replayed. `null` means as if it were not in
   * the cassette.
   * @defaultValue none
   */
  readonly beforeReplay?: ExchangeHook
  /**
   * How fast responses are replayed: `instant`, `recorded` (with the recorded delays), or a speed factor above 0. 2 plays
   * twice as fast as recorded.
   * @defaultValue `instant`
   */
  readonly timing?: 'instant' | 'recorded' | number
  /**
   * Whether replay tells the times anew that clients compare with their clock, if a recording is older than a minute: `date`,
   * `expires`, cookies, rate limits, and the expiry of credentials. With `timing: 'instant'` SDKs are also told to retry at once.
   * @defaultValue `true`
   * @see docs/recording.md
   */
  readonly refresh?: boolean
  /**
   * How old a recording may be: milliseconds, or a text such as `90d`, `12h`, `30m`.
   * @defaultValue no limit
   */
  readonly maxAge?: number | string
  /**
   * What a recording older than `maxAge` does. `warn` warns. `fail` fails with `StaleCassetteError`. `rerecord` acts as
   * mode `all`, unless the mode is `none`.
   * @defaultValue `warn`
   */
  readonly onStale?: 'warn' | 'fail' | 'rerecord'
  /**
   * The largest body that is stored in the cassette itself, bytes. A larger one is stored as it is in the folder `CASSETTE.d`
   * beside the cassette, redacted in the same way.
   * @defaultValue 64 MiB
   * @see docs/recording.md
   */
  readonly maxBodySize?: number
  /**
   * Your own values, which a recording writes to `metadata` at the top of the cassette. JSON values. `category` groups the rows of
   * `cassette report`.
   * @defaultValue none
   * @see docs/migration.md
   * @example
   * metadata: { category: 'support' }
   */
  readonly metadata?: Readonly<Record<string, unknown>>
  /**
   * Whether a recording that was not played fails the run, with `UnusedInteractionsError`.
   * @defaultValue `false`
   */
  readonly strict?: boolean
}

export interface ResolvedOptions {
  readonly mode: RecordMode
  /** Where the mode comes from, for messages. */
  readonly modeSource: 'CASSETTE_MODE' | 'CI' | 'options' | 'default'
  readonly matchOn: readonly string[] | undefined
  readonly matcher: RequestMatcher | undefined
  readonly onMiss: 'throw' | 'passthrough' | 'rebase'
  readonly onRecordError: 'warn' | 'raise' | 'record'
  readonly allowPlaybackRepeats: boolean
  readonly redact: RedactOptions | RedactList | undefined
  readonly ignore: readonly IgnoreRule[]
  /** Addresses in addition to those of known services. `false`: telemetry is treated as other traffic. */
  readonly telemetry: false | readonly IgnoreRule[]
  readonly network: 'allow' | 'deny'
  readonly websocket: WebSocketOptions | undefined
  readonly grpc: GrpcOptions | undefined
  readonly beforeRecord: ExchangeHook | undefined
  readonly beforeReplay: ExchangeHook | undefined
  /** Recorded delays are multiplied by this. */
  readonly delayFactor: number
  readonly refresh: boolean
  /** Milliseconds. */
  readonly maxAge: number | undefined
  readonly onStale: 'warn' | 'fail' | 'rerecord'
  /** Bytes. */
  readonly maxBodySize: number
  readonly metadata: Readonly<Record<string, unknown>> | undefined
  readonly strict: boolean
}
