import { createHash } from 'node:crypto'
import type { CanonicalRequest, MatchRequest } from '../providers/types.ts'
import { canonicalJson } from './canonical-json.ts'
import { canonicalize, type MatchOptions } from './canonicalize.ts'

/** The version of the rules behind the keys; a stored key of another version is computed again. */
export const RULES_VERSION = 1

export interface Fingerprint {
  /** 64 lower-case hex digits: which recording answers. */
  readonly matchKey: string
  /** 64 lower-case hex digits: the same prompt, whatever the model, path and wire format. */
  readonly semanticKey: string
  readonly api: string
  readonly op: string
  /** The canonical names the key was picked from; `['*']`: every field of the operation. Give it back as `matchOn` for the same key. */
  readonly on: readonly string[]
}

const hash = (value: unknown) => createHash('sha256').update(canonicalJson(value)).digest('hex')

export function fingerprintOfCanonical(
  canonical: CanonicalRequest,
  _options: MatchOptions = {},
): Fingerprint {
  const { api, op, stream: _stream, ...rest } = canonical
  return { matchKey: hash(canonical), semanticKey: hash({ op, ...rest }), api, op, on: ['*'] }
}

export function fingerprint(request: MatchRequest, options: MatchOptions = {}): Fingerprint {
  return fingerprintOfCanonical(canonicalize(request, options), options)
}
