export type { JsonObject, JsonValue } from './providers/json/json.ts'
export type {
  Canonical,
  CanonicalRequest,
  MatchRequest,
  Operation,
  ParsedRequest,
  Provider,
  Route,
} from './providers/types.ts'
export { registerProvider } from './providers/registry.ts'
export { canonicalize, type MatchOptions } from './fingerprint/canonicalize.ts'
export {
  type Fingerprint,
  fingerprint,
  fingerprintOfCanonical,
  RULES_VERSION,
} from './fingerprint/fingerprint.ts'
export {
  type Difference,
  differences,
  differencesOfCanonical,
} from './fingerprint/differences/differences.ts'
export { type Explanation, explainMatch } from './fingerprint/explain.ts'
export type { Ignored } from './fingerprint/ignored.ts'
export { type Nearest, nearest } from './fingerprint/nearest.ts'
export { checkMatchOn, DEFAULT_MATCH_ON } from './fingerprint/match-on/match-on.ts'
export { UnknownMatchFieldError } from './errors/unknown-match-field-error.ts'
