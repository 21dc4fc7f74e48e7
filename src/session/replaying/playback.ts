import { bufferOf } from '../../base/bytes.ts'
import { defined } from '../../base/defined.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import { requestFromInteraction } from '../../cassette/convert.ts'
import type { InteractionResponse } from '../../cassette/interaction.ts'
import type { ExchangeRequest } from '../../exchange/exchange.ts'
import type { MatchOptions } from '../../fingerprint/canonicalize.ts'
import { RULES_VERSION } from '../../fingerprint/fingerprint.ts'
import { DEFAULT_MATCH_ON, EVERYTHING } from '../../fingerprint/match-on/match-on.ts'
import { addressOf, originOf, hostOf } from './address.ts'
import { best, type Bucket, nextOf, type Recording, repeatOf } from './bucket.ts'
import { requestView } from './match-request.ts'
import { checkedKeyOf, keyOf, type MatchRules, optionsNow, optionsOf } from '../options/match-rules.ts'
import type { HiddenValues } from '../../redaction/parts/hidden-values.ts'
import type { RequestMatcher } from '../options/options.ts'
import { isCredentials } from './answer/refresh.ts'
import { LooseLookUp } from './hidden/loose-look-up.ts'

export interface PlaybackOptions extends MatchRules {
  readonly matcher: RequestMatcher | undefined
  readonly allowRepeats: boolean
  /** Called before a recording is played for the first time. `false`: another process has played it. */
  readonly take?: ((entry: CassetteEntry) => boolean) | undefined
}

const isDefault = (list: readonly string[]): boolean =>
  sameList(list, [EVERYTHING]) || sameList(list, DEFAULT_MATCH_ON)

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, i) => name === b[i])

const recordingsOf = (entries: readonly CassetteEntry[]): Recording[] =>
  entries.map((entry, position) => ({ entry, position, played: false, struck: false }))

/** The recordings by their match key, and which of them have been played. Each plays once, in recorded order. */
export class Playback {
  readonly recordings: readonly Recording[]
  /** Called when a recording is played. */
  onPlayed: () => void = () => {}
  readonly #options: PlaybackOptions
  readonly #byKey = new Map<string, Bucket>()
  /** By method and address. Made when it is first asked for. */
  #byAddress: ReadonlyMap<string, readonly Recording[]> | undefined
  /** The `matchOn` lists of the recordings, if not the default: each makes other keys. */
  readonly #lists: (readonly string[])[] = []
  readonly #methods = new Set<string>()
  readonly #taken = new Set<Recording>()
  readonly #loose: LooseLookUp
  #indexed = false

  constructor(entries: readonly CassetteEntry[], options: PlaybackOptions) {
    this.#options = options
    this.recordings = recordingsOf(entries)
    this.#loose = new LooseLookUp(this.recordings, options)
  }

  get playedCount(): number {
    return this.recordings.filter(({ played }) => played).length
  }

  get unplayed(): readonly Recording[] {
    return this.recordings.filter(({ entry, played, struck }) => !played && !struck && !isCredentials(entry))
  }

  /** Whether any recording could answer this method. If not, the body of the request need not be waited for. */
  mayAnswer(method: string): boolean {
    this.#index()
    return this.#methods.has(method)
  }

  /**
   * The recordings of one address that have not been played: `conversations` were answered while the client was sending,
   * `others` were not.
   */
  at(
    method: string,
    url: string,
  ): { readonly conversations: readonly Recording[]; readonly others: readonly Recording[] } {
    this.#byAddress ??= Map.groupBy(this.recordings, ({ entry }) => `${entry.method} ${addressOf(entry.url)}`)
    const here = this.#byAddress.get(`${method} ${addressOf(url)}`) ?? []
    const waiting = here.filter(({ played, struck }) => !played && !struck)
    const last = here.findLast(({ struck }) => !struck)
    const all = waiting.length > 0 || !this.#options.allowRepeats || !last ? waiting : [last]
    const { conversations = [], others = [] } = Object.groupBy(all, (recording) =>
      this.#isConversation(recording) ? 'conversations' : 'others',
    )
    return { conversations, others }
  }

  /** Whether `recording` answers `request` (redacted), even if it has been played. */
  isAnswer(recording: Recording, request: ExchangeRequest): boolean {
    const { key, on } = this.#keyOf(recording.entry)
    return keyOf(request, this.#now(on)).matchKey === key && this.#matcherFor(request)(recording)
  }

  /** Whether `recording` may be played now. */
  isFree({ played, struck }: Recording): boolean {
    return !struck && (!played || this.#options.allowRepeats)
  }

  /** Marks a recording as played, because its request has come. */
  play(recording: Recording): void {
    recording.played = true
    this.onPlayed()
  }

  /** Marks a recording as not played. */
  giveBack(recording: Recording): void {
    recording.played = false
    const bucket = this.#byKey.get(this.#keyOf(recording.entry).key)
    if (bucket) bucket.next = 0
  }

  /** @remarks Searches the text first, because to read every interaction takes too long. */
  #isConversation({ entry }: Recording): boolean {
    const { text } = entry
    const bytes = typeof text === 'string' ? text : bufferOf(text)
    return bytes.includes(' after: ') && entry.read().response?.after !== undefined
  }

  /** The protocol of the first recording of a server that has a response; `undefined`: there is none. */
  negotiated({ host, port }: { host: string; port: number }): 'h2' | 'http/1.1' | undefined {
    const asked = `https://${hostOf(host)}:${port}`
    const among = (isThere: (url: string) => boolean): InteractionResponse | undefined =>
      this.recordings
        .filter(({ entry }) => isThere(entry.url))
        .map(({ entry }) => entry.read().response)
        .find((response) => response !== undefined)
    const exact = URL.parse(asked)?.origin
    // Several servers on loopback may have different protocols: the same port is tried first.
    const version =
      among((url) => URL.parse(url)?.origin === exact) ?? among((url) => originOf(url) === originOf(asked))
    return version && (version.http_version === '2' ? 'h2' : 'http/1.1')
  }

  /** Whether there is any recording of this server, or, without a port, of this host. */
  has({ host, port }: { host: string; port?: number }): boolean {
    return this.recordings.some(({ entry }) => {
      if (port === undefined) return URL.parse(entry.url)?.hostname === hostOf(host)
      const { protocol = '' } = URL.parse(entry.url) ?? {}
      return originOf(entry.url) === originOf(`${protocol}//${hostOf(host)}:${port}`)
    })
  }

  /**
   * The next recording that answers `request` (redacted). Does not mark it as played.
   * @param hidden digests of its values that take no part in the key
   */
  find(request: ExchangeRequest, hidden: () => HiddenValues = () => ({})): Recording | undefined {
    for (;;) {
      const recording = this.#find(request, hidden)
      if (!recording || recording.played || this.isOurs(recording)) return recording
      this.play(recording)
    }
  }

  /** The recordings of this request (redacted), played or not, in recorded order. */
  row(request: ExchangeRequest): readonly Recording[] {
    this.#index()
    return this.#bucketsOf(request, this.#options.keep).flatMap(({ recordings }) => recordings)
  }

  /** Whether this process may play `recording`, because no other process has. */
  isOurs(recording: Recording): boolean {
    const { take } = this.#options
    if (!take || this.#taken.has(recording)) return true
    if (!take(recording.entry)) return false
    this.#taken.add(recording)
    return true
  }

  #find(request: ExchangeRequest, hidden: () => HiddenValues): Recording | undefined {
    this.#index()
    const { keep, hide } = this.#options
    const fits = this.#matcherFor(request)
    const nextIn = (some: readonly Bucket[]): Recording | undefined =>
      best(
        some.map((bucket) => nextOf(bucket, fits, hidden)),
        (a, b) => a.position - b.position,
      )
    const buckets = this.#bucketsOf(request, keep)
    const next = nextIn(buckets)
    if (next) return next
    if (hide) {
      const former = this.#bucketsOf(hide(request), undefined)
      const hiddenNext = nextIn(former)
      if (hiddenNext) return hiddenNext
      buckets.push(...former)
    }
    const alike = this.#loose.find(request, (one) => !one.played && !one.struck && fits(one))
    if (alike) return alike
    const again = best(
      buckets.map((bucket) => repeatOf(bucket, fits, hidden)),
      (a, b) => b.position - a.position,
    )
    if (!this.#options.allowRepeats) return again && isCredentials(again.entry) ? again : undefined
    return again ?? this.#loose.find(request, (one) => !one.struck && fits(one))
  }

  /** The recordings with the key of a request, for each list of names that recordings have. */
  #bucketsOf(request: ExchangeRequest, keep: MatchRules['keep']): Bucket[] {
    const lists = this.#options.matchOn ? [undefined] : [undefined, ...this.#lists]
    const keys = lists.map((list) => {
      const { keep: _, ...options } = this.#now(list)
      return (list ? keyOf : checkedKeyOf)(request, { ...options, ...defined({ keep }) }).matchKey
    })
    return [...new Set(keys.map((key) => this.#byKey.get(key)))].filter((one) => one !== undefined)
  }

  /** How a request of now is read. `on`: the list of a recording, if the run has none. */
  #now(on?: readonly string[]): MatchOptions {
    const { keep, matchOn = on } = this.#options
    return optionsNow({ keep, matchOn })
  }

  #matcherFor(request: ExchangeRequest): (recording: Recording) => boolean {
    const { matcher } = this.#options
    if (!matcher) return () => true
    const incoming = requestView(request)
    return ({ entry }) => matcher(requestView(requestFromInteraction(entry.read().request)), incoming)
  }

  #index(): void {
    if (this.#indexed) return
    this.#indexed = true
    const lists = new Set<readonly string[]>()
    for (const recording of this.recordings) {
      const { key, on, method } = this.#keyOf(recording.entry)
      const bucket = this.#byKey.get(key)
      if (bucket) bucket.recordings.push(recording)
      else this.#byKey.set(key, { recordings: [recording], next: 0 })
      lists.add(on)
      this.#methods.add(method)
    }
    for (const list of lists)
      if (!isDefault(list) && !this.#lists.some((known) => sameList(known, list))) this.#lists.push(list)
  }

  /** The stored key if the current matching rules made it, else a new key of the stored request. */
  #keyOf(entry: CassetteEntry): { key: string; on: readonly string[]; method: string } {
    const { match } = entry
    const { matchOn } = this.#options
    const usable = match?.v === RULES_VERSION && (!matchOn || sameList(match.on, matchOn))
    if (usable) return { key: match.key, on: match.on, method: entry.method }
    const request = requestFromInteraction(entry.read().request)
    const { matchKey, on } = keyOf(request, optionsOf(this.#options, entry, matchOn ?? match?.on))
    return { key: matchKey, on, method: request.method }
  }
}
