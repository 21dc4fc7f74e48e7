import { toError } from '../base/to-error.ts'
import type { BodyListener } from '../exchange/gate.ts'

/** A request body gathered while the client sends it. `done` settles once and keeps its bytes. */
export interface BodyCollector {
  push(chunk: Uint8Array): void
  end(): void
  fail(error: unknown): void
  /** Tells `listener` what has come, and then what comes. */
  follow(listener: BodyListener): void
  /** What has come, and then what comes; throws what the upload failed with. */
  chunks(): AsyncGenerator<Uint8Array, void, void>
  /** The bytes; `null` where nothing was sent. Rejects where the upload failed. */
  readonly done: Promise<Uint8Array | null>
}

export function collectBody(): BodyCollector {
  const chunks: Uint8Array[] = []
  const listeners: BodyListener[] = []
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | null>()
  // Nobody may be waiting for it: a rejection without a listener would end the process.
  promise.catch(() => {})
  let ended: 'end' | 'fail' | undefined
  let failure: Error | undefined
  let moved = Promise.withResolvers<void>()
  const move = (): void => {
    moved.resolve()
    moved = Promise.withResolvers<void>()
  }

  return {
    push(chunk) {
      if (ended) return
      chunks.push(chunk)
      for (const listener of listeners) listener.data(chunk)
      move()
    },
    end() {
      if (ended) return
      ended = 'end'
      resolve(chunks.length === 0 ? null : Buffer.concat(chunks))
      for (const listener of listeners) listener.end()
      move()
    },
    fail(error) {
      if (ended) return
      ended = 'fail'
      failure = toError(error)
      reject(failure)
      for (const listener of listeners) listener.fail()
      move()
    },
    follow(listener) {
      listeners.push(listener)
      for (const chunk of chunks) listener.data(chunk)
      if (ended) listener[ended]()
    },
    async *chunks() {
      for (let next = 0; ;) {
        const chunk = chunks[next]
        if (chunk) {
          next++
          yield chunk
        } else if (failure) throw failure
        else if (ended) return
        else await moved.promise
      }
    },
    done: promise,
  }
}
