import { looksLikeCredential } from '../../base/value-shapes.ts'
import { isNumbered, numberedIn, numberedStandIn } from '../../base/numbered.ts'
import type { GivenForm, GivenForms } from '../../exchange/given-form.ts'
import { isDigest, plainName } from '../../providers/requests/credentials.ts'
import { PLACEHOLDER } from '../edits.ts'
import { isSecretHeader } from '../names.ts'
import { assertionStandIn } from './assertions.ts'
import { formOf, isKnownAnywhere } from './form-of.ts'
import { GivenSearch } from './given-search.ts'

/** An answer that gives values. */
export interface Giver {
  /** The number of its stand-ins. */
  readonly number: number
  /** The first request, counted by start, that was sent after the answer had begun to come. */
  readonly from: () => number
  /** Whether its own request had the value: then it is the client's. */
  readonly isOwn: (name: string, value: string) => boolean
  /** How many values it has given. */
  count: number
}

/** Where a name and its value stand: a short value of a cookie says nothing about a parameter of the same name. */
export type NamedPlace = 'cookie' | 'field' | 'header' | 'query'

/** A shorter value is replaced only as a whole, under the name under which it was given, in a place of the same kind. */
const MIN_LENGTH = 12
/** Words, numbers, times and tags of languages. */
const WORDLIKE = /^(?:[\p{L}\s'.,!?_-]+|[\d\s.,:/TZ+-]+)$/u

const isFoundAnywhere = (value: string): boolean =>
  value.length >= MIN_LENGTH && (looksLikeCredential(value) || !WORDLIKE.test(value))

const NONE: ReadonlySet<string> = new Set()

/** What other sessions of the process were given. */
interface Elsewhere {
  readonly values?: readonly string[]
  /** Notes a value for later sessions. */
  readonly note?: (value: string) => void
}

interface Given {
  readonly standIn: string
  readonly from: number
}

/**
 * The values that servers gave in one session and that redaction hides: tokens, cookies, session ids. Each has a stand-in with a
 * number, which also replaces it wherever the client sends it back. In replay the client has the stand-in itself.
 */
export class GivenValues {
  readonly search: GivenSearch
  readonly #anywhere = new Map<string, Given>()
  readonly #named = new Map<string, Given>()
  readonly #short = new Map<string, Given>()
  readonly #from = new Map<string, number>()
  readonly #live = new Set<string>()
  readonly #forms = new Map<string, GivenForm>()
  #giver: Giver | undefined
  #recorded: () => ReadonlySet<string> = () => NONE
  #index = Infinity
  readonly #elsewhere: ReadonlySet<string>
  readonly #note: (value: string) => void
  #isForeign = false

  /** @param others what other sessions of the process were given: it is hidden without a number */
  constructor({ values = [], note = () => {} }: Elsewhere = {}) {
    this.#elsewhere = new Set(values)
    this.#note = note
    this.search = new GivenSearch(
      (standIn) => this.#isGiven(standIn),
      () => (this.#giver ? 'all' : String(this.#index)),
      values,
    )
  }

  /** Grows with each value. */
  get size(): number {
    return this.#anywhere.size + this.#named.size
  }

  /** Recognises the stand-ins of these recordings. They are read when a request first has a stand-in. */
  recognise(recorded: () => ReadonlySet<string>): void {
    let known: ReadonlySet<string> | undefined
    this.#recorded = () => (known ??= recorded())
  }

  /** Whether an answer of this session, or of its recordings, gave a stand-in. Else it comes from another cassette. */
  knows(standIn: string): boolean {
    return !this.#isForeign && (this.#from.has(standIn) || this.#recorded().has(standIn))
  }

  /** Takes all stand-ins for those of other cassettes. Two cassettes may have equal ones. */
  asForeign<T>(run: () => T): T {
    this.#isForeign = true
    try {
      return run()
    } finally {
      this.#isForeign = false
    }
  }

  /** Whether a server gave the value itself in this session: its client has that, and not the stand-in. */
  isLive(standIn: string): boolean {
    return this.#live.has(standIn)
  }

  /** Learns the values that redaction hides meanwhile. */
  learning<T>(giver: Giver | undefined, run: () => T): T {
    const before = this.#giver
    this.#giver = giver
    try {
      return run()
    } finally {
      this.#giver = before
    }
  }

  /**
   * Knows only what had been given when a request was sent. A client that sends a value earlier has it from elsewhere.
   * @param index of the request, counted by start
   */
  asOf<T>(index: number, run: () => T): T {
    const before = this.#index
    this.#index = index
    try {
      return run()
    } finally {
      this.#index = before
    }
  }

  /** The stand-in of a whole value under a name; `undefined`: no server gave it. */
  of(name: string, value: string, place: NamedPlace): string | undefined {
    if (isNumbered(value)) return this.knows(value) ? value : undefined
    const elsewhere = this.#elsewhere.has(value) ? PLACEHOLDER : undefined
    if (this.size === 0) return elsewhere
    const found =
      this.#anywhere.get(value) ??
      this.#named.get(keyAt(placeOf(name, place), value)) ??
      (isSecretHeader(name) ? this.#short.get(value) : undefined)
    return found && (this.#giver !== undefined || found.from <= this.#index) ? found.standIn : elsewhere
  }

  /** What is stored for a value that its name makes a secret. */
  hide(name: string, value: string, place: NamedPlace): string {
    const giver = this.#giver
    const known = this.of(name, value, place)
    // Another session was given the same value. Here it has a number of its own.
    if (known !== undefined && !(giver && known === PLACEHOLDER)) return known
    if (!giver) return isDigest(value) ? value : (assertionStandIn(name, value) ?? PLACEHOLDER)
    if (value === '' || value.startsWith(PLACEHOLDER) || giver.isOwn(name, value)) return PLACEHOLDER
    const standIn = this.#learn(giver, value, placeOf(name, place), isFoundAnywhere)
    const form = formOf(value, placeOf(name, place), (part, text) => this.#hidePart(giver, part, text))
    if (form) this.#forms.set(standIn, form)
    return standIn
  }

  /** The forms of the stand-ins in an answer, as it is stored; `undefined`: none has one. */
  formsIn(texts: Iterable<string>): GivenForms | undefined {
    if (this.#forms.size === 0) return undefined
    const found: Record<string, GivenForm> = {}
    for (const text of texts)
      for (const standIn of numberedIn(text)) {
        const form = this.#forms.get(standIn)
        if (form) found[standIn] = form
      }
    return Object.keys(found).length === 0 ? undefined : found
  }

  /** In replay the client has this value, which was made in the form of what the server gave. */
  made(value: string, standIn: string, form: GivenForm): void {
    const given = { standIn, from: 0 }
    this.#from.set(standIn, 0)
    if ('digits' in form) this.#knowAt(value, given, form.at)
    else this.#knowAnywhere(value, given)
  }

  /** What stands for a part of a token. It is known as other values are, so that a client may send it alone. */
  #hidePart(giver: Giver, name: string, value: string): string {
    const known = this.of(name, value, 'field')
    if (known !== undefined) return known
    if (giver.isOwn(name, value)) return PLACEHOLDER
    return this.#learn(
      giver,
      value,
      placeOf(name, 'field'),
      () => isFoundAnywhere(value) && isKnownAnywhere(name, value),
    )
  }

  #learn(giver: Giver, value: string, at: string, isAnywhere: (value: string) => boolean): string {
    const standIn = numberedStandIn(giver.number, ++giver.count)
    const given = { standIn, from: giver.from() }
    this.#live.add(standIn)
    this.#from.set(standIn, given.from)
    for (const form of spellingsOf(value)) {
      if (isAnywhere(form)) this.#knowAnywhere(form, given)
      else this.#knowAt(form, given, at)
    }
    return standIn
  }

  #knowAnywhere(value: string, given: Given): void {
    if (this.#anywhere.get(value)?.standIn === given.standIn) return
    this.#note(value)
    this.#anywhere.set(value, given)
    this.search.add(value, given.standIn)
  }

  #knowAt(value: string, given: Given, at: string): void {
    this.#named.set(keyAt(at, value), given)
    this.#short.set(value, given)
  }

  #isGiven(standIn: string): boolean {
    return this.#giver !== undefined || (this.#from.get(standIn) ?? 0) <= this.#index
  }
}

const placeOf = (name: string, place: NamedPlace): string => `${place} ${plainName(name)}`
const keyAt = (at: string, value: string): string => `${at}\0${value}`

/** The value, and what a client reads from it: without quotes and percent-encoding. */
function spellingsOf(value: string): ReadonlySet<string> {
  const bare = value.replace(/^"(.*)"$/, '$1')
  try {
    return new Set([value, bare, decodeURIComponent(bare)])
  } catch {
    return new Set([value, bare])
  }
}
