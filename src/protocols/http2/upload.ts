import type { ClientHttp2Stream, ServerHttp2Stream } from 'node:http2'

import { timer } from '../../clock.ts'
import { BodyGatherer } from '../../exchange/body-gatherer.ts'
import type { BodyListener } from '../../exchange/gate.ts'
import { headerObject } from '../../exchange/headers.ts'
import { pairsOfRaw, type RawHeaders } from './headers.ts'

/** How long a client whose server cannot be reached may pause before its upload counts as complete, ms. */
const PATIENCE_MS = 50

/** The request body that a client's stream sends. Nothing is read before somebody asks for it. */
export class Http2Upload {
  readonly #stream: ServerHttp2Stream
  readonly #body = new BodyGatherer()
  #isReading = false
  #trailers: RawHeaders = []

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream
    if (stream.endAfterHeaders) this.#body.end()
    stream.on('trailers', (_trailers: unknown, _flags: unknown, raw?: RawHeaders) => {
      this.#trailers = raw ?? []
    })
    // An empty body ends before anybody has read it; an aborted stream ends too.
    stream.on('end', () => void (stream.aborted || this.#body.end()))
    stream.on('aborted', () => this.#body.fail())
    stream.on('close', () => this.#body.fail())
  }

  body(): Promise<Uint8Array | null> {
    this.#read()
    return this.#body.whole
  }

  follow(listener: BodyListener): void {
    this.#body.follow(listener)
    this.#read()
  }

  /** Forwards the body to `target`, chunk by chunk, at its pace. */
  sendTo(target: ClientHttp2Stream): void {
    const writable = (): boolean => !target.destroyed && !target.closed && !target.writableEnded
    target.on('wantTrailers', () => {
      if (!target.destroyed && !target.closed) {
        target.sendTrailers(headerObject(pairsOfRaw(this.#trailers)))
      }
    })
    target.on('drain', () => this.#stream.resume())
    this.follow({
      data: (chunk) => {
        if (writable() && !target.write(chunk)) this.#stream.pause()
      },
      end: () => {
        if (writable()) target.end()
      },
      fail: () => {},
    })
  }

  /** Nobody asks for the body after this: it is not kept. */
  forget(): void {
    this.#body.forget()
  }

  /** Reads the rest of the body and drops it. */
  discard(): void {
    this.#read()
    this.forget()
    this.#stream.resume()
  }

  /** Resolves when the client has sent everything, or has paused. */
  drained(): Promise<void> {
    this.#stream.resume()
    return new Promise((resolve) => {
      const patience = timer(resolve, PATIENCE_MS)
      const over = (): void => {
        patience.stop()
        resolve()
      }
      this.follow({ data: () => patience.restart(), end: over, fail: over })
    })
  }

  #read(): void {
    if (this.#isReading || this.#body.ended) return
    this.#isReading = true
    if (this.#stream.destroyed) this.#body.fail()
    else this.#stream.on('data', (chunk: Buffer) => this.#body.data(chunk))
  }
}
