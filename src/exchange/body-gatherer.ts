import type { BodyListener } from './gate.ts'

/** Gathers a request body while the client sends it. Ignores what comes after the end. */
export class BodyGatherer implements BodyListener {
  readonly #listeners: BodyListener[] = []
  #whole: PromiseWithResolvers<Uint8Array | null> | undefined
  #chunks: Uint8Array[] = []
  #isKept = true
  #length = 0
  /** The first `#joinedLength` bytes of the body, with room for more. */
  #joined = Buffer.alloc(0)
  #joinedLength = 0
  #joinedChunks = 0
  #ended: 'whole' | 'aborted' | undefined
  #failure: Error | undefined
  #changed: PromiseWithResolvers<true> | undefined
  /** How many read {@link chunks} now. */
  #readers = 0

  /** The body; `null` if no chunk came. Rejects if the upload failed. A body that nobody asks for is not joined. */
  get whole(): Promise<Uint8Array | null> {
    if (this.#whole === undefined) {
      this.#whole = Promise.withResolvers()
      // A rejection that nobody listens to would end the process.
      this.#whole.promise.catch(() => {})
      this.#settle()
    }
    return this.#whole.promise
  }

  /** `undefined` while the client is sending. */
  get ended(): 'whole' | 'aborted' | undefined {
    return this.#ended
  }

  /**
   * What has come until now, in one piece. Later chunks do not change it, and the caller must not.
   * Each byte is copied a constant number of times, however often this is read.
   */
  get bytes(): Buffer {
    if (this.#joined.byteLength < this.#length) {
      const room = this.#ended ? this.#length : Math.max(this.#length, 2 * this.#joined.byteLength)
      const grown = Buffer.allocUnsafe(room)
      this.#joined.copy(grown, 0, 0, this.#joinedLength)
      this.#joined = grown
    }
    for (const chunk of this.#chunks.slice(this.#joinedChunks)) {
      this.#joined.set(chunk, this.#joinedLength)
      this.#joinedLength += chunk.byteLength
    }
    this.#joinedChunks = this.#chunks.length
    return this.#joined.subarray(0, this.#joinedLength)
  }

  /** Keeps `chunk`. */
  data(chunk: Uint8Array): void {
    if (this.#ended) return
    if (this.#isKept) {
      this.#chunks.push(chunk)
      this.#length += chunk.byteLength
    }
    for (const listener of this.#listeners) listener.data(chunk)
    this.#change()
  }

  end(): void {
    if (this.#ended) return
    this.#ended = 'whole'
    for (const listener of this.#listeners.splice(0)) listener.end()
    this.#settle()
    this.#change()
  }

  fail(error: Error = new Error('the client aborted its request')): void {
    if (this.#ended) return
    this.#ended = 'aborted'
    this.#failure = error
    for (const listener of this.#listeners.splice(0)) listener.fail()
    this.#settle()
    this.#change()
  }

  /** Gives `listener` the body from its beginning on, as far as it is kept. */
  follow(listener: BodyListener): void {
    for (const chunk of this.#chunks) listener.data(chunk)
    if (this.#ended === 'whole') listener.end()
    else if (this.#ended) listener.fail()
    else this.#listeners.push(listener)
  }

  /** Drops what has come, and keeps nothing of what comes: only the listeners get it. */
  forget(): void {
    this.#isKept = false
    this.#chunks = []
    this.#joined = Buffer.alloc(0)
    this.#length = 0
    this.#joinedLength = 0
    this.#joinedChunks = 0
  }

  /** Resolves at the next chunk, or at the end. */
  changed(): Promise<true> {
    this.#changed ??= Promise.withResolvers()
    return this.#changed.promise
  }

  /** Yields the chunks from the first on, as they come. @throws what the upload failed with */
  async *chunks(): AsyncGenerator<Uint8Array, void, void> {
    this.#readers++
    try {
      for (let next = 0; ;) {
        const chunk = this.#chunks[next]
        if (chunk) {
          next++
          yield chunk
        } else if (this.#failure) throw this.#failure
        else if (this.#ended) return
        else await this.changed()
      }
    } finally {
      this.#readers--
    }
  }

  #settle(): void {
    if (this.#ended === 'whole' && this.#whole) {
      const isEmpty = this.#chunks.length === 0
      const { bytes } = this
      // Else a large body would be in memory twice.
      if (!isEmpty && this.#readers === 0) this.#chunks = [bytes]
      this.#joinedChunks = this.#chunks.length
      this.#whole.resolve(isEmpty ? null : bytes)
    } else if (this.#failure) this.#whole?.reject(this.#failure)
  }

  #change(): void {
    this.#changed?.resolve(true)
    this.#changed = undefined
  }
}
