import type { IncomingRequest } from '../../exchange/gate.ts'
import { headerValue } from '../../exchange/headers.ts'
import { type RequestUnits, requestUnits } from '../../exchange/request-units.ts'

/** A request's body on its way: how far the client has got. */
export interface Upload {
  readonly units: RequestUnits
  /** All that has come. */
  readonly bytes: Uint8Array
  /** `undefined`: still coming. */
  readonly ended: 'whole' | 'aborted' | undefined
  /** Units sent, to spread into what the server said meanwhile; nothing once the request is whole. */
  after(): { after?: number }
  /** Resolves when there is more, or the end; `false` where `ms` went by without. Absent: for ever. */
  progress(ms?: number): Promise<boolean>
}

/** @returns `undefined` where the protocol can give the body only whole */
export function followUpload(request: IncomingRequest): Upload | undefined {
  if (!request.follow) return undefined
  const units = requestUnits(headerValue(request.headers, 'content-type'))
  const chunks: Uint8Array[] = []
  let ended: Upload['ended']
  let moved = Promise.withResolvers<true>()
  const move = (): void => {
    moved.resolve(true)
    moved = Promise.withResolvers<true>()
  }
  request.follow({
    data(chunk) {
      chunks.push(chunk)
      units.write(chunk)
      move()
    },
    end() {
      ended ??= 'whole'
      move()
    },
    fail() {
      ended ??= 'aborted'
      move()
    },
  })
  return {
    units,
    get bytes() {
      return Buffer.concat(chunks)
    },
    get ended() {
      return ended
    },
    after: () => (ended === 'whole' ? {} : { after: units.count }),
    async progress(ms) {
      if (ended) return true
      if (ms === undefined) return moved.promise
      const { promise, resolve } = Promise.withResolvers<false>()
      // It keeps the process alive: nothing else may, and the client has yet to hear of a miss.
      const timer = setTimeout(resolve, ms, false)
      return Promise.race([moved.promise, promise]).finally(() => clearTimeout(timer))
    },
  }
}
