import { macrotask, nextTurn, sleep } from '../../clock.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import { interactionText, withApart, withId } from '../../cassette/interaction-text.ts'
import { type BodyStore, fromInteraction, toInteraction } from '../../cassette/convert.ts'
import { type Interaction, NO_MATCH } from '../../cassette/interaction.ts'
import { Ids } from '../../cassette/ids.ts'
import type { IncomingRequest } from '../../exchange/gate.ts'
import { decodeContent } from '../../exchange/content-encoding/content-encoding.ts'
import { decodeContentNow } from '../../exchange/content-encoding/decode-now.ts'
import { plainGrpc } from '../../exchange/content-encoding/grpc-content.ts'
import type { Exchange, ExchangeRequest } from '../../exchange/exchange.ts'
import { type MatchRules, optionsNow } from '../options/match-rules.ts'
import { fingerprint, RULES_VERSION } from '../../fingerprint/fingerprint.ts'
import type { Redactor } from '../../redaction/redactor.ts'
import type { Journal } from '../../storage/journal.ts'
import type { FormerEntries } from '../opening/failed-run.ts'
import type { ReadersFor } from '../opening/message-readers.ts'
import { keepFormerDelays } from './former-delays.ts'
import { applyHook } from '../options/hooks.ts'
import { type Clock, InFlight } from './in-flight.ts'
import { hiddenValues } from '../../redaction/parts/hidden-values.ts'
import { type Keyed, toldApart } from './apart.ts'
import { Givers } from './givers.ts'
import { forJournal, marksOf, orderMarks, type RecordedText } from './order-marks.ts'
import { isModelApi, sentRequest } from './cause.ts'
import { SentRequests } from './sent-requests.ts'
import type { ExchangeHook } from '../options/options.ts'

export interface RecorderOptions {
  readonly journal: Journal
  /** Stores large bodies beside the cassette. */
  readonly putAside?: BodyStore | undefined
  readonly redactor: Redactor
  readonly readersFor: ReadersFor
  readonly matching: MatchRules
  readonly beforeRecord: ExchangeHook | undefined
  readonly clock: Clock
  readonly now: () => string
  /** What the cassette has already, and keeps. */
  readonly kept: readonly CassetteEntry[]
  /** All that is or was in the cassette, and what of it is asked for again. */
  readonly asked: Pick<FormerEntries, 'all' | 'credentials'>
  /** What this run replaces. */
  readonly former: readonly CassetteEntry[]
  /** The number before the first of the stand-ins for what servers give. */
  readonly numbersFrom: number
  /** A response's status is known, while its body may still be on the way. */
  readonly onStatus: (request: IncomingRequest, status: number) => void
  readonly onError: (error: unknown) => void
}

/** How long a closing cassette waits for responses in all, ms. */
const GRACE_MS = 2000
/** How long a response body may pause while the cassette closes before it counts as abandoned, ms. */
const BODY_GRACE_MS = 250
const POLL_MS = 10

/** An exchange that has ended and is not in the journal yet. */
interface Waiting {
  readonly exchange: Exchange
  readonly flight: InFlight
}

/** Turns each live exchange into an interaction when it ends, and appends that to the journal. */
export class Recorder {
  readonly #options: RecorderOptions
  readonly #open = new Set<InFlight>()
  readonly #waiting = new Map<Waiting, Promise<void>>()
  readonly #recorded: (RecordedText & Keyed)[] = []
  readonly #sent = new SentRequests()
  /** Requests that a look-up has redacted. */
  readonly #redacted = new WeakMap<InFlight, ExchangeRequest>()
  readonly #ids: Ids
  readonly #givers: Givers
  readonly #keepFormerDelays: (interaction: Interaction) => Interaction
  /** Whether any former recording has marks. */
  readonly #hadMarks: boolean
  #closed = false

  constructor(options: RecorderOptions) {
    this.#options = options
    this.#ids = idsOf(options.kept)
    this.#givers = new Givers(options.asked, (request) => this.#keyOf(request), options.numbersFrom)
    this.#keepFormerDelays = keepFormerDelays(options.former)
    this.#hadMarks = options.former.some((entry) => marksOf(entry) !== undefined)
  }

  get count(): number {
    return this.#recorded.length
  }

  /**
   * The texts of the recorded interactions with their keys, in the order in which their requests started. Repeats are numbered
   * in the same order: the order in which exchanges end differs from run to run.
   */
  get items(): { readonly key: string; readonly text: string }[] {
    const taken = idsOf(this.#options.kept)
    const sorted = this.#recorded.toSorted((a, b) => a.sequence - b.sequence)
    const numbered = sorted.map((one) => ({ ...one, id: taken.take(one.matchKey) }))
    const marked = orderMarks(numbered, this.#options.former)
    const apart = toldApart(sorted, this.#options.kept)
    return numbered.map(({ id, matchKey, text }, index) => {
      const interaction = marked[index]
      const written = interaction ? interactionText(interaction) : withId(text, id)
      const values = apart[index]
      return { key: matchKey, text: values ? withApart(written, values) : written }
    })
  }

  /** @param redacted the redacted request, if a look-up has made it */
  begin(request: IncomingRequest, sequence: number, redacted?: ExchangeRequest): InFlight {
    const { clock, now, onStatus } = this.#options
    const open = [...this.#open].map(({ alongside }) => alongside.own)
    const alongside = this.#sent.add(sentRequest(request, sequence), open)
    const flight: InFlight = new InFlight(request, alongside, {
      clock,
      now,
      onHead: (status) => onStatus(request, status),
      onDone: (exchange) => {
        this.#open.delete(flight)
        if (this.#closed) return
        this.#write(exchange, flight)
      },
    })
    this.#open.add(flight)
    if (redacted) this.#redacted.set(flight, redacted)
    // Later, because the protocol has not decided yet how it forwards and collects a streamed body.
    nextTurn(() => void flight.readBody())
    return flight
  }

  /** Waits for exchanges as long as they make progress. Those that have not ended then are marked incomplete. */
  async settle(): Promise<void> {
    const { clock } = this.#options
    const from = clock()
    const alive = (flight: InFlight): boolean =>
      clock() - from < GRACE_MS &&
      (!flight.hasHead || clock() - Math.max(flight.lastActivity, from) < BODY_GRACE_MS)
    while ([...this.#open].some(alive)) await sleep(POLL_MS)
    for (const flight of this.#open) flight.leaveOpen()
    // The request bodies of the exchanges that were just cut need one turn of the event loop.
    await macrotask()
    while (this.#waiting.size > 0) await Promise.all(this.#waiting.values())
    this.#closed = true
  }

  /** Like `settle`, but without waiting: exchanges that were to be written later are written now, as they came. */
  settleNow(): void {
    for (const flight of this.#open) flight.leaveOpenNow()
    const left = [...this.#waiting.keys()]
    this.#waiting.clear()
    for (const { exchange, flight } of left) this.#append(exchange, flight)
    this.#closed = true
  }

  /**
   * Writes an exchange in the tick in which it ends: the process may be killed next. One that takes long to decode, later, and then
   * also those that end meanwhile: they may have sent what it gave.
   */
  #write(exchange: Exchange, flight: InFlight): void {
    const decoded = this.#waiting.size === 0 ? decodeContentNow(exchange) : undefined
    if (decoded) return this.#append(decoded, flight)
    const waiting = { exchange, flight }
    const before = [...this.#waiting.values()]
    const writing = this.#writeLater(waiting, before).catch(this.#options.onError)
    this.#waiting.set(waiting, writing)
    void writing.finally(() => this.#waiting.delete(waiting))
  }

  async #writeLater(waiting: Waiting, before: readonly Promise<void>[]): Promise<void> {
    await macrotask()
    await Promise.all(before)
    const exchange = await decodeContent(waiting.exchange)
    const stages = this.#store(exchange, waiting.flight)
    // `settleNow` may have written it.
    while (this.#waiting.has(waiting) && stages.next().done !== true) await macrotask()
  }

  #append(exchange: Exchange, flight: InFlight): void {
    try {
      const stages = this.#store(exchange, flight)
      for (let done = false; !done;) done = stages.next().done === true
    } catch (error) {
      this.#options.onError(error)
    }
  }

  #keyOf(request: ExchangeRequest): string {
    const { redactor, now } = this.#options
    return this.#printOf(redactor.request(request), now()).matchKey
  }

  #printOf(redacted: ExchangeRequest, recordedAt: string): ReturnType<typeof fingerprint> {
    const { moments, ...rules } = optionsNow(this.#options.matching)
    return fingerprint(redacted, { ...rules, moments: [...(moments ?? []), Date.parse(recordedAt)] })
  }

  /** Stores an exchange in stages. The event loop may have a turn between them; the text is written in the last stage. */
  *#store(exchange: Exchange, flight: InFlight): Generator<void, void, void> {
    const { redactor, readersFor, beforeRecord, journal, putAside } = this.#options
    const { request, alongside } = flight
    const readers = readersFor(request)
    let kept = exchange
    if (beforeRecord) {
      const changed = applyHook(beforeRecord, toInteraction(plainGrpc(exchange), NO_MATCH, '', readers))
      if (!changed) return
      kept = fromInteraction(changed)
    }
    // A hook may have changed the request, and an upload that was cut is another than the one that was looked up.
    const isSame = kept === exchange && exchange.request.incomplete === undefined
    this.#givers.learnFrom(this.#open, redactor)
    const known = isSame ? this.#redacted.get(flight) : undefined
    const redacted = redactor.exchange(kept, readers, known, this.#givers.placeOf(flight))
    yield
    const print = this.#printOf(redacted.request, redacted.recordedAt)
    const match = {
      key: print.matchKey,
      semantic_key: print.semanticKey,
      on: print.on,
      api: print.api,
      v: RULES_VERSION,
    }
    const ordered = isModelApi(print.api) ? alongside.onlyUnder(redacted) : redacted
    const interaction = this.#keepFormerDelays(toInteraction(ordered, match, '', readers, putAside))
    yield
    const id = this.#ids.take(print.matchKey)
    const { sequence } = alongside.own
    const text = interactionText(forJournal({ ...interaction, id }, this.#sent.run, sequence))
    const mayBeMarked = interaction.response?.since !== undefined || this.#hadMarks
    this.#recorded.push({
      sequence,
      matchKey: print.matchKey,
      hidden: hiddenValues(kept.request, redacted.request),
      text,
      ...(mayBeMarked && { interaction }),
    })
    journal.append(text)
  }
}

const idsOf = (entries: readonly CassetteEntry[]): Ids => new Ids(new Set(entries.map(({ id }) => id)))
