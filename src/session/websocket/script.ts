import { setTimeout as sleep } from 'node:timers/promises'

import type { FrameScript, Replay } from '../../exchange/gate.ts'
import type { Frame, FrameContent } from '../../exchange/exchange.ts'

export interface ScriptHooks {
  readonly delayFactor: number
  /** The recording ended before the conversation did: the connection stays open. */
  readonly staysOpen: boolean
  /**
   * The first message of a client that speaks first: which of the recordings that could answer the opening goes on so.
   * Absent: there is no choice.
   */
  readonly choose?: (first: FrameContent) => readonly Frame[]
  /** What is wrong with what the client said in place of the entry `at` (none: behind the end); `undefined`: nothing. */
  readonly judge: (at: number, recorded: Frame | undefined, incoming: FrameContent) => Error | undefined
  /** What the client is told in place of a recorded message. Absent: the message itself. */
  readonly render?: (message: Uint8Array) => Uint8Array
  /** See `Replay.sent`. */
  readonly sent?: Replay['sent']
  /** A function of the user's failed while it was asked: the error to break off with. */
  readonly failed: (error: unknown) => Error
  /** Called when nothing more will be said. */
  readonly over: () => void
}

/** Messages that take part: pings and pongs come when they will, and what is no frame is the connection's affair. */
const isSaid = (frame: Frame): boolean =>
  frame.kind === 'text' || frame.kind === 'binary' || frame.kind === 'close'

/**
 * The server's side of a recorded WebSocket. A server's frame waits for all that the client had said before it; what the
 * client says is held against what it said then, in its own order, and may come earlier.
 */
export class WebSocketScript implements FrameScript {
  readonly #hooks: ScriptHooks
  #frames: readonly Frame[]
  #choose: ScriptHooks['choose']
  /** The next entry that the client is to say, and the next one that is to be looked at for the server. */
  #clientAt = 0
  #serverAt = 0
  /** Pings of the client that the recorded server had still to answer. */
  #pings = 0
  #broken: Error | undefined
  /** The client has closed: as it had, or before it was its turn. */
  #closed: FrameContent | undefined
  #closing: FrameContent | undefined
  /** The server has said its last word. */
  #isClosed = false
  #hasLeft = false
  #moved = Promise.withResolvers<void>()
  /** Aborted where no delay is to be waited for any more. */
  readonly #over = new AbortController()

  constructor(frames: readonly Frame[], hooks: ScriptHooks) {
    this.#frames = frames
    this.#hooks = hooks
    this.#choose = hooks.choose
  }

  async next(): Promise<FrameContent | undefined> {
    for (;;) {
      if (this.#broken) throw this.#broken
      if (this.#closing) return this.#echo(this.#closing)
      const frame = this.#hasLeft || this.#isClosed ? undefined : this.#frames[this.#serverAt]
      if (!frame) {
        if (this.#hasLeft || this.#isClosed || !this.#hooks.staysOpen) return undefined
        if (this.#closed) this.#closing = this.#closed
        else await this.#moved.promise
      } else if (frame.from === 'client') {
        if (isSaid(frame) && this.#clientAt <= this.#serverAt) await this.#moved.promise
        else {
          if (frame.kind === 'ping') this.#pings++
          this.#serverAt++
        }
      } else if (frame.kind === 'pong' && this.#pings > 0) {
        // The client's own pings are answered as they come.
        this.#pings--
        this.#serverAt++
      } else if (await this.#due(frame)) {
        this.#serverAt++
        const { from: _, delayMs: __, since: ___, ...content } = frame
        if (content.kind === 'close') this.#isClosed = true
        return this.#rendered(content)
      }
    }
  }

  #rendered(content: FrameContent): FrameContent {
    if (content.kind !== 'text' && content.kind !== 'binary') return content
    return { ...content, data: this.#hooks.render?.(content.data) ?? content.data }
  }

  said(frame: FrameContent): void {
    if (this.#broken || this.#isClosed || this.#closing) return
    if (frame.kind === 'ping' || frame.kind === 'pong') return
    try {
      if (frame.kind === 'close') this.#closes(frame)
      else this.#says(frame)
    } catch (error) {
      this.#broken = this.#hooks.failed(error)
    }
    this.#move()
  }

  #says(frame: FrameContent): void {
    if (this.#choose) {
      this.#frames = this.#choose(frame)
      this.#choose = undefined
      this.#serverAt = 0
      this.#pings = 0
    }
    const place = this.#expected()
    this.#broken = this.#hooks.judge(place, this.#frames[place], frame)
    if (!this.#broken) this.#clientAt = place + 1
  }

  #closes(frame: FrameContent): void {
    const place = this.#expected()
    this.#closed = frame
    if (this.#frames[place]?.kind === 'close') this.#clientAt = place + 1
    else this.#closing = frame
  }

  /** Where in the recording what the client says next stands: behind the end, where there is nothing more. */
  #expected(): number {
    let at = this.#clientAt
    for (let frame = this.#frames[at]; frame && !(frame.from === 'client' && isSaid(frame));)
      frame = this.#frames[++at]
    return at
  }

  left(): void {
    this.#hasLeft = true
    this.#move()
  }

  /** The cassette is being closed: nobody answers any more, but for the last word to a client that has said its own. */
  stop(error: Error): void {
    if (this.#closed || this.#isClosed) return
    this.#broken ??= error
    this.#move()
  }

  #echo(close: FrameContent): FrameContent | undefined {
    if (this.#isClosed) return undefined
    this.#isClosed = true
    return close.kind === 'close' && close.code !== undefined
      ? { kind: 'close', code: close.code, reason: '' }
      : { kind: 'close' }
  }

  #move(): void {
    if (this.#broken || this.#closing || this.#hasLeft) this.#over.abort()
    if (this.#hasLeft || this.#broken) this.#hooks.over()
    this.#moved.resolve()
    this.#moved = Promise.withResolvers()
  }

  /** Waits for other requests while the recorded delay passes. @returns `false` where the conversation ended meanwhile */
  async #due({ since, delayMs }: Frame): Promise<boolean> {
    const { sent, delayFactor } = this.#hooks
    const { signal } = this.#over
    const others = since && sent?.(since, signal)
    await this.#waited(delayMs * delayFactor)
    await others
    return !signal.aborted
  }

  /** @returns `false` where the conversation ended meanwhile */
  async #waited(ms: number): Promise<boolean> {
    const { signal } = this.#over
    if (ms >= 1) await sleep(ms, undefined, { signal }).catch(() => {})
    return !signal.aborted
  }
}
