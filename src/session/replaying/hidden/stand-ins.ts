import { bufferOf } from '../../../base/bytes.ts'
import { numberedIn } from '../../../base/numbered.ts'
import type { ExchangeRequest } from '../../../exchange/exchange.ts'
import type { Difference } from '../../../fingerprint/differences/difference.ts'
import { isObject, own, parseJson } from '../../../providers/json/json.ts'
import { isAssertionName, plainName, VOLATILE_NAMES } from '../../../providers/requests/credentials.ts'
import { digestOf, PLACEHOLDER } from '../../../redaction/edits.ts'
import { STORED_REQUEST_HEADERS } from '../../../redaction/names.ts'
import { isRedactedValue } from '../../../redaction/parts/urls.ts'
import { MIN_SECRET_BYTES } from '../../../redaction/search/secret-patterns.ts'

/** A recorded request, and what is known of how it was stored. */
export interface StoredSide {
  readonly request: ExchangeRequest
  /** Version 1 of the rules stored it: they hid more, and did not store some headers. */
  readonly isFormer: boolean
  /** The names of `redact.keep`, in the form of `plainName`. */
  readonly kept: ReadonlySet<string>
  /** Whether two texts differ only in stand-ins of the same request for credentials. */
  readonly areSame: (recorded: string, incoming: string) => boolean
}

/** A stand-in, but for digests and numbered ones, which name one value. */
const STAND_IN = /REDACTED(?!-[0-9a-f]{12}|-\d)/i
const STAND_INS = new RegExp(STAND_IN, 'gi')

export const hasStandIn = (text: string): boolean => STAND_IN.test(text)

/**
 * Whether a difference is none, because one side alone was redacted: a variable with a secret was set on one machine only, a
 * name was added to `redact.keep`, or version 1 of the rules did not store the value.
 */
export function isSameButHidden(difference: Difference, stored: StoredSide): boolean {
  const { path, recorded, incoming } = difference
  if (path === 'query' && (recorded === undefined || incoming === undefined))
    return membersOf(difference).every((one) => isSameButHidden(one, stored))
  const [, place, name = ''] = /^(headers|query|body)\.(.+?)(?:\[\d+\])?$/.exec(path) ?? []
  if (place === 'headers' && recorded === undefined) return stored.isFormer && !wasStored(name)
  if (recorded === undefined) return place !== undefined && wasHidden(place, name, stored)
  if (typeof recorded !== 'string') return false
  if (incoming === undefined)
    return stored.isFormer && place === 'query' && VOLATILE.has(plainName(name)) && isRedactedValue(recorded)
  if (typeof incoming !== 'string') return false
  if (recorded === digestOf(name, incoming) || incoming === digestOf(name, recorded)) return true
  return isSameText(recorded, incoming) || stored.areSame(recorded, incoming)
}

const VOLATILE: ReadonlySet<string> = new Set([...VOLATILE_NAMES, ''])

/** Whether version 1 of the rules stored a header. Name in lower case. */
export const wasStored = (header: string): boolean =>
  header !== 'destination' && STORED_REQUEST_HEADERS.has(header)

/** The members of an object that one side alone has, as differences. */
export function membersOf({ path, recorded, incoming }: Difference): Difference[] {
  const [side, values] =
    recorded === undefined ? (['incoming', incoming] as const) : (['recorded', recorded] as const)
  return Object.entries(isObject(values) ? values : {}).map(([name, value]) => ({
    path: `${path}.${name}`,
    recorded: undefined,
    incoming: undefined,
    [side]: value,
  }))
}

/** Whether the file has a stand-in where the key has nothing. */
function wasHidden(place: string, name: string, { request, isFormer, kept }: StoredSide): boolean {
  const mayBe = isFormer || kept.has(plainName(name)) || isAssertionName(name)
  return mayBe && isHiddenAt(request, place, name)
}

/** Whether a redacted request has a stand-in that names no value at `query.NAME` or `body.NAME`. */
export function isHiddenAt(request: ExchangeRequest, place: string, name: string): boolean {
  if (place === 'query')
    return URL.parse(request.url)?.searchParams.getAll(name).includes(PLACEHOLDER) === true
  const text = request.body === null ? '' : bufferOf(request.body).toString('utf8')
  const json = parseJson(text)?.value
  if (isObject(json)) return own(json, name) === PLACEHOLDER
  return new URLSearchParams(text).getAll(name).includes(PLACEHOLDER)
}

/**
 * Whether two texts are the same but for what one side alone hides. A stand-in that nothing of this cassette gave does not equal
 * one that names a value.
 */
export const isSameText = (recorded: string, incoming: string): boolean =>
  standsFor(recorded, incoming) || (numberedIn(recorded).length === 0 && standsFor(incoming, recorded))

/**
 * Whether `hidden` is `shown` with stand-ins in place of whole values: of the whole text, or of runs of 8 bytes and more without
 * white space.
 */
function standsFor(hidden: string, shown: string): boolean {
  if (!hasStandIn(hidden) || hasStandIn(shown)) return false
  if (hidden === PLACEHOLDER) return isRedactedValue(shown) || Buffer.byteLength(shown) >= MIN_SECRET_BYTES
  const [first = '', ...rest] = hidden.split(STAND_INS)
  const last = rest.pop() ?? ''
  if (!shown.startsWith(first) || shown.length < first.length + last.length || !shown.endsWith(last))
    return false
  const end = shown.length - last.length
  let at = first.length
  for (const part of rest) {
    const next = part === '' ? -1 : shown.indexOf(part, at + MIN_SECRET_BYTES)
    if (next === -1 || next > end || !isValue(shown.slice(at, next))) return false
    at = next + part.length
  }
  return isValue(shown.slice(at, end))
}

const isValue = (text: string): boolean => Buffer.byteLength(text) >= MIN_SECRET_BYTES && !/[\s/]/.test(text)
