import { bufferOf } from '../../base/bytes.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import { requestFromInteraction } from '../../cassette/convert.ts'
import type { ExchangeRequest } from '../../exchange/exchange.ts'
import { canonicalize } from '../../fingerprint/canonicalize.ts'
import { differencesOfCanonical } from '../../fingerprint/differences/differences.ts'
import { RULES_VERSION } from '../../fingerprint/fingerprint.ts'
import { plainName } from '../../providers/requests/credentials.ts'
import { PLACEHOLDER } from '../../redaction/edits.ts'
import { type MatchRules, optionsNow, optionsOf } from '../options/match-rules.ts'
import type { Recording } from './bucket.ts'
import { hasStandIn, isSameButHidden, standsFor } from './stand-ins.ts'

/**
 * Finds recordings that differ from a request only in what redaction replaced on one side alone. Asked if no key matches, so
 * it may take its time.
 */
export class LooseLookUp {
  readonly #recordings: readonly Recording[]
  readonly #rules: MatchRules
  readonly #kept: ReadonlySet<string>
  readonly #hiding = new Map<CassetteEntry, boolean>()

  constructor(recordings: readonly Recording[], rules: MatchRules) {
    this.#recordings = recordings
    this.#rules = rules
    this.#kept = new Set(rules.keep?.map(plainName))
  }

  /** The first recording that answers, in recorded order. */
  find(request: ExchangeRequest, fits: (recording: Recording) => boolean): Recording | undefined {
    const path = pathOf(request.url)
    const isHiding = hasStandIn(request.url) || bodyHides(request.body)
    return this.#recordings.find((recording) => {
      const { entry } = recording
      if (entry.method !== request.method || !isSamePath(pathOf(entry.url), path)) return false
      return (isHiding || this.#mayHide(entry)) && fits(recording) && this.#isSame(entry, request)
    })
  }

  #isSame(entry: CassetteEntry, request: ExchangeRequest): boolean {
    const list = this.#rules.matchOn ?? entry.match?.on
    const stored = requestFromInteraction(entry.read().request)
    const incoming = { ...optionsNow(this.#rules), ...(list && { matchOn: list }) }
    const differences = differencesOfCanonical(
      canonicalize(stored, optionsOf(this.#rules, entry, list)),
      canonicalize(request, incoming),
      incoming,
    )
    const side = { request: stored, isFormer: entry.match?.v !== RULES_VERSION, kept: this.#kept }
    return differences.every((one) => isSameButHidden(one, side))
  }

  /** Whether the recorded request may hide what this one shows. */
  #mayHide(entry: CassetteEntry): boolean {
    const known = this.#hiding.get(entry)
    if (known !== undefined) return known
    const isFormer = entry.match?.v !== RULES_VERSION
    const hides =
      isFormer ||
      hasPlainQuery(entry.url) ||
      (this.#kept.size > 0 ? /REDACTED/ : BARE).test(requestText(entry.text))
    this.#hiding.set(entry, hides)
    return hides
  }
}

const BARE = /REDACTED(?!-[0-9a-f]{12}|-\d)/i

function bodyHides(body: Uint8Array | null): boolean {
  if (body === null || !bufferOf(body).includes(PLACEHOLDER)) return false
  return hasStandIn(bufferOf(body).toString('latin1'))
}

/** The part of an item that holds its request. */
function requestText(text: string | Uint8Array): string {
  const whole = typeof text === 'string' ? text : bufferOf(text).toString('latin1')
  const end = /^ *(?:match|response):/m.exec(whole)?.index ?? whole.length
  return whole.slice(0, end)
}

/** A value that `redact.keep` left as it was, which is a digest without it. */
const hasPlainQuery = (url: string): boolean =>
  [...(URL.parse(url)?.searchParams.values() ?? [])].some(
    (value) => value !== '' && !value.startsWith('REDACTED'),
  )

const pathOf = (url: string): string => URL.parse(url)?.pathname ?? url

function isSamePath(a: string, b: string): boolean {
  if (a === b) return true
  const [left, right] = [a.split('/'), b.split('/')]
  return (
    left.length === right.length &&
    left.every((part, at) => {
      const other = right[at] ?? ''
      return part === other || standsFor(part, other) || standsFor(other, part)
    })
  )
}
