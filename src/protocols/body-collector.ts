/** A request body gathered while the client sends it. `done` settles once and keeps its bytes. */
export interface BodyCollector {
  push(chunk: Uint8Array): void
  end(): void
  fail(error: unknown): void
  /** The bytes; `null` where nothing was sent. Rejects where the upload failed. */
  readonly done: Promise<Uint8Array | null>
}

export function collectBody(): BodyCollector {
  const chunks: Uint8Array[] = []
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | null>()
  // Nobody may be waiting for it: a rejection without a listener would end the process.
  promise.catch(() => {})
  return {
    push: (chunk) => void chunks.push(chunk),
    end: () => resolve(chunks.length === 0 ? null : Buffer.concat(chunks)),
    fail: (error) => reject(error instanceof Error ? error : new Error(String(error))),
    done: promise,
  }
}
