import { hash as digestOf } from 'node:crypto'
import { canonicalJson } from '../providers/json/canonical-json.ts'
import { byCodeUnit } from '../providers/json/json.ts'
import type { CanonicalRequest, MatchRequest, Operation } from '../providers/types.ts'
import { canonicalize, type MatchOptions } from './canonicalize.ts'
import { checkMatchOn } from './match-on/match-on.ts'
import { isPlain } from './operations.ts'
import { pick } from './pick.ts'

/** The version of the key rules. A stored key of another version is computed again. */
export const RULES_VERSION = 2

export interface Fingerprint {
  /** 64 lower-case hex digits. It selects the recording that answers. */
  readonly matchKey: string
  /** 64 lower-case hex digits. It is equal for the same prompt, whatever the model, path and wire format. */
  readonly semanticKey: string
  readonly api: string
  readonly op: Operation
  /** The canonical names that the key was made from. `['*']`: every field of the operation. As `matchOn` they give the same key. */
  readonly on: readonly string[]
}

/** SHA-256 of the JSON object of these members, whose values are canonical JSON already. */
function hash(members: Readonly<Record<string, string | undefined>>): string {
  const text = Object.entries(members)
    .filter(([, json]) => json !== undefined)
    .toSorted(([a], [b]) => byCodeUnit(a, b))
    .map(([name, json]) => `${JSON.stringify(name)}:${json}`)
    .join(',')
  return digestOf('sha256', `{${text}}`)
}

const objectOf = (members: readonly (readonly [name: string, json: string])[]): string =>
  `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`

const text = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : JSON.stringify(value)

/** A canonical request as it is hashed: every field is serialised once, for both keys. */
interface Hashed {
  readonly place: {
    readonly h: string | undefined
    readonly m: string | undefined
    readonly p: string | undefined
  }
  readonly members: readonly (readonly [name: string, json: string])[]
  readonly on: readonly string[]
  /** The fields that change the form of the answer. */
  readonly shape: string | undefined
}

function hashed(canonical: CanonicalRequest, options: MatchOptions): Hashed {
  const { fields, host, on, shape } = pick(canonical, options)
  const members = Object.keys(fields)
    .toSorted(byCodeUnit)
    .map((name): [string, string] => [name, canonicalJson(fields[name])])
  return {
    place: { h: text(host), m: text(canonical.method), p: text(canonical.path) },
    members,
    on,
    shape: shapeText(shape),
  }
}

const shapeText = (shape: Readonly<Record<string, unknown>>): string | undefined =>
  Object.keys(shape).length === 0 ? undefined : canonicalJson(shape)

const matchKeyOf = (canonical: CanonicalRequest, { place, members, shape }: Hashed): string =>
  hash({
    ...place,
    v: String(RULES_VERSION),
    w: shape,
    op: text(canonical.op),
    stream: String(canonical.stream),
    background: canonical.background === true ? 'true' : undefined,
    alt: text(canonical.alt),
    f: objectOf(members),
  })

const semanticKeyOf = ({ op }: CanonicalRequest, { place, members }: Hashed): string =>
  hash({
    ...(isPlain(op) ? place : { h: place.h }),
    v: String(RULES_VERSION),
    op: text(op),
    f: objectOf(members.filter(([name]) => name !== 'model')),
  })

/** The keys of a canonical request. Pass the `matchOn` list it was made with. */
export function fingerprintOfCanonical(canonical: CanonicalRequest, options: MatchOptions = {}): Fingerprint {
  const parts = hashed(canonical, options)
  const { api, op } = canonical
  return {
    matchKey: matchKeyOf(canonical, parts),
    semanticKey: semanticKeyOf(canonical, parts),
    api,
    op,
    on: parts.on,
  }
}

/** The part of a fingerprint that finds a recording. */
export type MatchKey = Pick<Fingerprint, 'matchKey' | 'on'>

/** The match key alone: replaying needs no semantic key. */
export function matchKeyOfCanonical(canonical: CanonicalRequest, options: MatchOptions = {}): MatchKey {
  const parts = hashed(canonical, options)
  return { matchKey: matchKeyOf(canonical, parts), on: parts.on }
}

/**
 * The keys of a request (see docs/matching.md). Throws `UnknownMatchFieldError` if `matchOn` contains an unknown name, and
 * `TypeError` if the URL is not absolute.
 */
export function fingerprint(request: MatchRequest, options: MatchOptions = {}): Fingerprint {
  const canonical = canonicalize(request, options)
  checkMatchOn(options.matchOn, canonical)
  return fingerprintOfCanonical(canonical, options)
}
