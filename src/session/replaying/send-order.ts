import { macrotask, timer } from '../../clock.ts'
import { sentTooLate, unknownMark } from '../../reports/order.ts'
import type { Since } from '../../exchange/exchange.ts'
import type { Replay } from '../../exchange/gate.ts'
import { rangeOf } from '../../exchange/since.ts'
import { keptAlive, whenIdle } from '../process/idle.ts'
import type { Recording } from './bucket.ts'
import type { Playback } from './playback.ts'

/** How long a part of a response waits for a request that had been sent before it, ms of real time. */
const PATIENCE_MS = 5000
/** After so many waits in vain, one after the other, nothing is waited for until the program sends something. */
const SILENT_WAITS = 2
/** How long the answer to that request may take to be given first, ms. */
const ANSWER_MS = 50
const TURNS = 3

export interface SendOrderOptions {
  readonly playback: Playback
  readonly path: string
  /** Whether an `ignore` rule lets such a request through now: then it never comes here. */
  readonly ignored: (method: string, url: string) => boolean
}

type Ordered = Required<Pick<Replay, 'sent' | 'answered' | 'closed'>>

/**
 * Keeps the order between exchanges: what had come after another request was sent waits until the program has sent that
 * request. The wait ends early if nothing in the process can send it any more.
 */
export class SendOrder {
  readonly #options: SendOrderOptions
  readonly #answers = new Map<Recording, PromiseWithResolvers<void>>()
  /** Recordings whose replay stays open, or waits for a request. */
  readonly open = new Set<Recording>()
  /** Requests that were waited for in vain. */
  readonly #missing = new Set<Recording>()
  readonly #unknown = new Set<string>()
  readonly #closed = Promise.withResolvers<void>()
  #places: ReadonlyMap<string, number> | undefined
  readonly #wakes = new Set<() => void>()
  #isClosed = false
  /** How many waits were in vain since the last request came. */
  #silentWaits = 0

  constructor(options: SendOrderOptions) {
    this.#options = options
    options.playback.onPlayed = () => {
      this.#silentWaits = 0
      this.#wake()
    }
  }

  /** The functions by which the replay of `recording` keeps the order. */
  of(recording: Recording): Ordered {
    const answer = Promise.withResolvers<void>()
    this.#answers.set(recording, answer)
    if (recording.entry.read().open) this.open.add(recording)
    return {
      sent: (since, gone) => this.#sent(recording, since, gone),
      answered: () => answer.resolve(),
      closed: (gone) => this.#held(gone).then(() => void this.open.delete(recording)),
    }
  }

  /** The cassette is being closed: nothing waits any more. */
  stop(): void {
    this.#isClosed = true
    this.#closed.resolve()
    this.#wake()
  }

  #wake(): void {
    for (const wake of this.#wakes) wake()
  }

  async #sent(own: Recording, since: Since | undefined, gone: AbortSignal): Promise<void> {
    if (!since) return
    const awaited = since.flatMap((name) => this.#named(name, own))
    const isMissing = (one: Recording): boolean => !this.#isSent(one)
    if (awaited.some(isMissing))
      await this.#whileOpen(
        own,
        this.#progress(own, () => awaited.filter(isMissing), gone),
      )
    // A program may not understand an event that comes before the answer to the request that brought it about.
    await this.#answered(awaited, gone)
  }

  #isSent(recording: Recording): boolean {
    if (recording.played || recording.struck || this.#missing.has(recording)) return true
    return this.#options.ignored(recording.entry.method, recording.entry.url)
  }

  async #progress(own: Recording, missing: () => readonly Recording[], gone: AbortSignal): Promise<void> {
    const over = Promise.withResolvers<void>()
    const check = (): void => {
      if (this.#isClosed || gone.aborted || missing().length === 0) over.resolve()
    }
    const giveUp = (): void => {
      const [first] = missing()
      this.#silentWaits++
      for (const one of missing()) this.#missing.add(one)
      if (first) this.#warn(sentTooLate(own.entry, first.entry, this.#options.path))
      this.#wake()
    }
    const patience = timer(giveUp, this.#silentWaits < SILENT_WAITS ? PATIENCE_MS : 0, false)
    const forget = whenIdle(() => {
      over.resolve()
      return true
    })
    this.#wakes.add(check)
    gone.addEventListener('abort', check)
    try {
      check()
      await over.promise
    } finally {
      patience.stop()
      forget()
      this.#wakes.delete(check)
      gone.removeEventListener('abort', check)
    }
  }

  async #answered(awaited: readonly Recording[], gone: AbortSignal): Promise<void> {
    const answers = awaited.map(async (one) => this.#answers.get(one)?.promise)
    const left = Promise.withResolvers<void>()
    const leave = (): void => left.resolve()
    const patience = timer(leave, ANSWER_MS)
    gone.addEventListener('abort', leave)
    await Promise.race([Promise.all(answers), left.promise, this.#closed.promise])
    gone.removeEventListener('abort', leave)
    patience.stop()
    // A client needs a few turns of the event loop to read a body to its end.
    for (let turn = 0; turn < TURNS; turn++) await macrotask()
  }

  /** Resolves when the cassette closes, or the client leaves. */
  async #held(gone: AbortSignal): Promise<void> {
    const alive = keptAlive()
    const left = Promise.withResolvers<void>()
    const leave = (): void => left.resolve()
    gone.addEventListener('abort', leave)
    if (!gone.aborted) await Promise.race([left.promise, this.#closed.promise])
    gone.removeEventListener('abort', leave)
    alive.stop()
  }

  async #whileOpen(recording: Recording, waiting: Promise<void>): Promise<void> {
    const wasOpen = this.open.has(recording)
    this.open.add(recording)
    await waiting
    if (!wasOpen) this.open.delete(recording)
  }

  /** The recordings that a name stands for. */
  #named(name: string, own: Recording): Recording[] {
    const { playback } = this.#options
    this.#places ??= new Map(playback.recordings.map(({ entry }, place) => [entry.id, place]))
    const ids = rangeOf(name)
    const [first, last] = ids.map((id) => this.#places?.get(id))
    if (first === undefined || last === undefined) {
      this.#warnOnce(own, ids[first === undefined ? 0 : 1])
      return []
    }
    return playback.recordings.slice(first, last + 1).filter((one) => one !== own)
  }

  #warnOnce(own: Recording, id: string): void {
    if (this.#unknown.has(id)) return
    this.#unknown.add(id)
    this.#warn(unknownMark(own.entry, id, this.#options.path))
  }

  #warn(text: string): void {
    process.emitWarning(text, { type: 'CassetteWarning', code: 'CASSETTE_ORDER' })
  }
}
