import type { ClientHttp2Stream, ServerHttp2Stream } from 'node:http2'

import type { BodyListener } from '../../exchange/gate.ts'
import { headerObject, pairsOfRaw, type RawHeaders } from './headers.ts'

/** A client whose server is not there has nothing to wait for: it says all at once, or in the next moment, ms. */
const PATIENCE_MS = 50

/**
 * A request's body on its way out of a client's stream. Nothing is read before somebody asks for it, and what has been
 * read is kept for whoever asks later, until it is known that nobody will.
 */
export class Http2Upload {
  readonly #stream: ServerHttp2Stream
  readonly #listeners: BodyListener[] = []
  readonly #whole = Promise.withResolvers<Uint8Array | null>()
  /** `undefined`: nobody will ask for it any more. */
  #kept: Uint8Array[] | undefined = []
  #state: 'idle' | 'reading' | 'ended' | 'failed' = 'idle'
  #trailers: RawHeaders = []

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream
    // Nobody may be waiting for it: a rejection without a listener would end the process.
    this.#whole.promise.catch(() => {})
    if (stream.endAfterHeaders) {
      this.#state = 'ended'
      this.#whole.resolve(null)
    }
    stream.on('trailers', (_trailers: unknown, _flags: unknown, raw?: RawHeaders) => {
      this.#trailers = raw ?? []
    })
    // An empty body ends before anybody has read it.
    stream.on('end', () => this.#end())
    stream.on('aborted', () => this.#fail())
    stream.on('close', () => this.#fail())
  }

  body(): Promise<Uint8Array | null> {
    this.#read()
    return this.#whole.promise
  }

  follow(listener: BodyListener): void {
    for (const chunk of this.#kept ?? []) listener.data(chunk)
    if (this.#state === 'ended') listener.end()
    else if (this.#state === 'failed') listener.fail()
    else this.#listeners.push(listener)
    this.#read()
  }

  /** Sends it on, chunk by chunk, at the pace of `target`. */
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

  /** Nobody asks for the body after this: it need not be kept. */
  forget(): void {
    this.#kept = undefined
  }

  /** What still comes is nobody's. */
  discard(): void {
    this.#read()
    this.forget()
    this.#stream.resume()
  }

  /** Resolves when the client has said all, or has been silent for a moment. */
  drained(): Promise<void> {
    this.#stream.resume()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS)
      const over = (): void => {
        clearTimeout(timer)
        resolve()
      }
      this.follow({ data: () => timer.refresh(), end: over, fail: over })
    })
  }

  #read(): void {
    if (this.#state !== 'idle') return
    this.#state = 'reading'
    if (this.#stream.destroyed) return this.#fail()
    this.#stream.on('data', (chunk: Buffer) => {
      this.#kept?.push(chunk)
      for (const listener of this.#listeners) listener.data(chunk)
    })
  }

  #end(): void {
    // An aborted stream ends, too.
    if (this.#state === 'ended' || this.#state === 'failed' || this.#stream.aborted) return
    this.#state = 'ended'
    const kept = this.#kept ?? []
    this.#whole.resolve(kept.length === 0 ? null : Buffer.concat(kept))
    for (const listener of this.#listeners) listener.end()
  }

  #fail(): void {
    if (this.#state === 'ended' || this.#state === 'failed') return
    this.#state = 'failed'
    this.#whole.reject(new Error('the client aborted its request'))
    for (const listener of this.#listeners) listener.fail()
  }
}
