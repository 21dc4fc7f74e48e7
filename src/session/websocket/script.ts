import { sleep } from '../../clock.ts'
import type { FrameScript, Replay } from '../../exchange/gate.ts'
import type { Frame, FrameContent } from '../../exchange/exchange.ts'

export interface ScriptHooks {
  readonly delayFactor: number
  /** The recording ended while the connection was open: it stays open in replay. */
  readonly staysOpen: boolean
  /**
   * Called with the first message of a client that speaks first. Returns the frames of the recording that has this message, of
   * those that could answer the opening. Absent: there is no choice.
   */
  readonly choose?: (first: FrameContent) => readonly Frame[]
  /** Compares a message of the client with the recorded frame at index `at` (`undefined`: after the last). Returns the miss if they differ. */
  readonly judge: (at: number, recorded: Frame | undefined, incoming: FrameContent) => Error | undefined
  /** Changes a recorded message for this run. Absent: messages are sent unchanged. */
  readonly render?: (message: Uint8Array) => Uint8Array
  /** See `Replay.sent`. */
  readonly sent?: Replay['sent']
  /** Called if a function of the user throws. Returns the error to end the connection with. */
  readonly failed: (error: unknown) => Error
  /** Called when the script has ended. */
  readonly over: () => void
}

/** Whether a frame counts for the order: messages and closes do. Pings and pongs may come at any time. */
const isSaid = (frame: Frame): boolean =>
  frame.kind === 'text' || frame.kind === 'binary' || frame.kind === 'close'

/**
 * The server's side of a recorded WebSocket. A server frame waits until the client has sent everything it had sent before this
 * frame. The client's messages are compared with the recorded ones, in their order; they may come earlier than recorded.
 */
export class WebSocketScript implements FrameScript {
  readonly #hooks: ScriptHooks
  #frames: readonly Frame[]
  #choose: ScriptHooks['choose']
  /** The indices in `#frames` from which the client's next message and the server's next frame are searched. */
  #clientAt = 0
  #serverAt = 0
  /** How many recorded pings of the client have no recorded pong yet. */
  #pings = 0
  #broken: Error | undefined
  /** The client's close. `#closing`: it came earlier than recorded, and the server answers it now. */
  #closed: FrameContent | undefined
  #closing: FrameContent | undefined
  /** The server has sent its close. */
  #isClosed = false
  #hasLeft = false
  #moved = Promise.withResolvers<void>()
  /** Aborted when no delay is waited for any more. */
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
        // The protocol answers the client's pings of this run: recorded pongs are left out.
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

  /** The index of the client's next recorded message or close; after the last frame if there is none. */
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

  /** The cassette is being closed: the connection ends with `error`. If a close was sent or received, the closing handshake may end. */
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

  /** Waits for the recorded delay and for other requests at the same time. @returns `false` if the script ended meanwhile */
  async #due({ since, delayMs }: Frame): Promise<boolean> {
    const { sent, delayFactor } = this.#hooks
    const { signal } = this.#over
    const others = since && sent?.(since, signal)
    await this.#waited(delayMs * delayFactor)
    await others
    return !signal.aborted
  }

  /** @returns `false` if the script ended meanwhile */
  async #waited(ms: number): Promise<boolean> {
    const { signal } = this.#over
    if (ms >= 1) await sleep(ms, { signal }).catch(() => {})
    return !signal.aborted
  }
}
