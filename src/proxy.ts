/**
 * A reverse proxy that records and replays, for programs in any language.
 * @packageDocumentation
 */
export { startProxy } from './proxy/start.ts'
export type { CassetteProxy, CassetteSummary, MissSummary, ProxyOptions, Route } from './proxy/start.ts'
