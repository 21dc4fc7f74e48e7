import { bufferOf } from '../../../base/bytes.ts'
import { numberedIn } from '../../../base/numbered.ts'
import type { CassetteEntry } from '../../../cassette/cassette.ts'
import { requestFromInteraction } from '../../../cassette/convert.ts'
import type { ExchangeRequest } from '../../../exchange/exchange.ts'
import { canonicalize } from '../../../fingerprint/canonicalize.ts'
import { differencesOfCanonical } from '../../../fingerprint/differences/differences.ts'
import { RULES_VERSION } from '../../../fingerprint/fingerprint.ts'
import { isObject } from '../../../providers/json/json.ts'
import { plainName, VOLATILE_NAMES } from '../../../providers/requests/credentials.ts'
import type { CanonicalRequest } from '../../../providers/types.ts'
import { PLACEHOLDER } from '../../../redaction/edits.ts'
import { type MatchRules, optionsNow, optionsOf } from '../../options/match-rules.ts'
import type { Recording } from '../bucket.ts'
import { Interchangeable } from '../given/interchangeable.ts'
import { hasStandIn, isSameButHidden, isSameText, type StoredSide, wasStored } from './stand-ins.ts'

/**
 * Finds recordings that differ from a request only in what redaction replaced on one side alone. Asked if no key matches, so
 * it may take its time.
 */
export class LooseLookUp {
  readonly #recordings: readonly Recording[]
  readonly #rules: MatchRules
  readonly #kept: ReadonlySet<string>
  readonly #given: Interchangeable
  readonly #hiding = new Map<CassetteEntry, boolean>()
  readonly #paths = new Map<string, string>()
  readonly #stored = new Map<CassetteEntry, Stored>()

  constructor(recordings: readonly Recording[], rules: MatchRules) {
    this.#recordings = recordings
    this.#rules = rules
    this.#given = new Interchangeable(recordings)
    this.#kept = new Set(rules.keep?.map(plainName))
  }

  /** The first recording that answers, in recorded order. */
  find(request: ExchangeRequest, fits: (recording: Recording) => boolean): Recording | undefined {
    const path = pathOf(request.url)
    const isHiding =
      isNumberedRequest(request) ||
      hasStandIn(request.url) ||
      request.headers.some(([, value]) => hasStandIn(value)) ||
      bodyHides(request.body)
    const isNew = request.headers.some(([name]) => !wasStored(name.toLowerCase()))
    const read = new Map<string, CanonicalRequest>()
    return this.#recordings.find((recording) => {
      const { entry } = recording
      if (entry.method !== request.method || !isSamePath(this.#pathOf(entry.url), path)) return false
      const mayDiffer = isHiding || (isNew && isFormer(entry)) || this.#mayHide(entry)
      return mayDiffer && fits(recording) && this.#isSame(entry, request, read)
    })
  }

  #pathOf(url: string): string {
    const path = this.#paths.get(url) ?? pathOf(url)
    this.#paths.set(url, path)
    return path
  }

  /** @param read the request as it is read with each list of names */
  #isSame(entry: CassetteEntry, request: ExchangeRequest, read: Map<string, CanonicalRequest>): boolean {
    const list = this.#rules.matchOn ?? entry.match?.on
    const options = { ...optionsNow(this.#rules), ...(list && { matchOn: list }) }
    const name = list?.join() ?? ''
    const incoming = read.get(name) ?? canonicalize(request, options)
    read.set(name, incoming)
    const { request: stored, canonical } = this.#storedOf(entry)
    const areSame = (a: string, b: string): boolean => this.#given.areSame(a, b)
    if (doDiffer(canonical, incoming, areSame)) return false
    const side = { request: stored, isFormer: isFormer(entry), kept: this.#kept, areSame }
    return differencesOfCanonical(canonical, incoming, options).every((one) => isSameButHidden(one, side))
  }

  #storedOf(entry: CassetteEntry): Stored {
    const known = this.#stored.get(entry)
    if (known) return known
    const request = requestFromInteraction(entry.read().request)
    const list = this.#rules.matchOn ?? entry.match?.on
    const stored = { request, canonical: canonicalize(request, optionsOf(this.#rules, entry, list)) }
    this.#stored.set(entry, stored)
    return stored
  }

  /** Whether the recorded request may hide what this one shows. */
  #mayHide(entry: CassetteEntry): boolean {
    const known = this.#hiding.get(entry)
    if (known !== undefined) return known
    const hides =
      hasPlainQuery(entry.url) ||
      (isFormer(entry) && hasVolatileQuery(entry.url)) ||
      (this.#kept.size > 0 ? /REDACTED/ : BARE).test(requestText(entry.text))
    this.#hiding.set(entry, hides)
    return hides
  }
}

interface Stored {
  readonly request: ExchangeRequest
  readonly canonical: CanonicalRequest
}

const BARE = /REDACTED(?!-[0-9a-f]{12}|-\d)/i

const isFormer = ({ match }: CassetteEntry): boolean => match?.v !== RULES_VERSION

/** Whether two requests differ in a text that nothing hides. This is quick, and finds most of those that differ. */
function doDiffer(stored: unknown, incoming: unknown, areSame: StoredSide['areSame'], depth = 0): boolean {
  if (typeof stored === 'string' && typeof incoming === 'string')
    return (
      stored !== incoming &&
      !hasStandIn(stored) &&
      !hasStandIn(incoming) &&
      !isDigest(stored, incoming) &&
      !areSame(stored, incoming)
    )
  if (depth > 2 || !isObject(stored) || !isObject(incoming)) return false
  return Object.entries(stored).some(
    ([name, value]) =>
      !(depth === 0 && name === 'api') && doDiffer(value, incoming[name], areSame, depth + 1),
  )
}

const isNumberedRequest = ({ url, headers }: ExchangeRequest): boolean =>
  [url, ...headers.map(([, value]) => value)].some((text) => numberedIn(text).length > 0)

const isDigest = (a: string, b: string): boolean => a.startsWith(PLACEHOLDER) !== b.startsWith(PLACEHOLDER)

function bodyHides(body: Uint8Array | null): boolean {
  if (body === null || !bufferOf(body).includes(PLACEHOLDER)) return false
  return hasStandIn(bufferOf(body).toString('latin1'))
}

/** The part of an item that holds its request; empty if the item has no stand-in at all. */
function requestText(text: string | Uint8Array): string {
  const bytes = typeof text === 'string' ? Buffer.from(text) : bufferOf(text)
  if (!bytes.includes(PLACEHOLDER) && !bytes.includes(PLACEHOLDER.toLowerCase())) return ''
  const ends = ['\n    match:', '\n    response:'].map((key) => bytes.indexOf(key)).filter((at) => at !== -1)
  return bytes.toString('latin1', 0, Math.min(bytes.length, ...ends))
}

/** A value that `redact.keep` left as it was, which is a digest without it. */
const hasPlainQuery = (url: string): boolean =>
  url.includes('?') &&
  [...(URL.parse(url)?.searchParams.values() ?? [])].some(
    (value) => value !== '' && !value.startsWith(PLACEHOLDER),
  )

/** A parameter that version 1 stored as a digest, whatever its value. */
const hasVolatileQuery = (url: string): boolean =>
  [...(URL.parse(url)?.searchParams.keys() ?? [])].some(
    (name) => VOLATILE_NAMES.has(plainName(name)) || name === '_',
  )

const pathOf = (url: string): string => URL.parse(url)?.pathname ?? url

function isSamePath(a: string, b: string): boolean {
  if (a === b) return true
  if (!a.includes(PLACEHOLDER) && !b.includes(PLACEHOLDER)) return false
  const [left, right] = [a.split('/'), b.split('/')]
  return (
    left.length === right.length &&
    left.every((part, at) => {
      const other = right[at] ?? ''
      return part === other || isSameText(part, other)
    })
  )
}
