export { configure, openCassette, withCassette } from './with-cassette.ts'
export type { CassetteSession } from './session/cassette-session.ts'
export type {
  CassetteOptions,
  Exchange,
  ExchangeHook,
  FrameMatcher,
  FrameView,
  GrpcOptions,
  IgnoreRule,
  RecordMode,
  RecordModeAlias,
  RecordedExchange,
  RedactList,
  RedactOptions,
  RequestMatcher,
  RequestView,
  WebSocketOptions,
} from './session/options/options.ts'
export { CassetteError } from './errors/cassette-error.ts'
export { CassetteFormatError } from './errors/cassette-format-error.ts'
export { CassetteLockedError } from './errors/cassette-locked-error.ts'
export { CassetteMiss, type MissDifference } from './errors/cassette-miss.ts'
export { CassetteOptionError } from './errors/cassette-option-error.ts'
export { CassettePathError } from './errors/cassette-path-error.ts'
export { CassetteWriteError } from './errors/cassette-write-error.ts'
export { ClosedCassetteError } from './errors/closed-cassette-error.ts'
export { ForeignInterceptorsError } from './errors/foreign-interceptors-error.ts'
export { NestedCassetteError } from './errors/nested-cassette-error.ts'
export { NetworkDeniedError } from './errors/network-denied-error.ts'
export { RecordedErrorResponse } from './errors/recorded-error-response.ts'
export { StaleCassetteError } from './errors/stale-cassette-error.ts'
export { UnseenRequestError } from './errors/unseen-request-error.ts'
export { UnsupportedProtocolError } from './errors/unsupported-protocol-error.ts'
export { UnusedInteractionsError } from './errors/unused-interactions-error.ts'
