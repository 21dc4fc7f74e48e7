import { timer } from '../../clock.ts'
import { BodyGatherer } from '../../exchange/body-gatherer.ts'
import type { IncomingRequest } from '../../exchange/gate.ts'
import { headerValue } from '../../exchange/headers.ts'
import { type RequestUnits, requestUnits } from '../../exchange/request-units.ts'

/** A request body while the client sends it. */
export interface Upload {
  readonly units: RequestUnits
  /** What has come so far. */
  readonly bytes: Uint8Array
  /** `undefined` while the client is sending. */
  readonly ended: 'whole' | 'aborted' | undefined
  /** How many units have been sent, to spread into a part of the response. Empty if the request is whole. */
  after(): { after?: number }
  /** Resolves with `true` at the next chunk or the end, with `false` if neither comes in `ms`. Without `ms` it waits without end. */
  progress(ms?: number): Promise<boolean>
}

/** @returns `undefined` if the protocol can only give the whole body */
export function followUpload(request: IncomingRequest): Upload | undefined {
  if (!request.follow) return undefined
  const units = requestUnits(headerValue(request.headers, 'content-type'))
  const body = new BodyGatherer()
  body.follow({ data: (chunk) => units.write(chunk), end() {}, fail() {} })
  request.follow(body)
  return {
    units,
    get bytes() {
      return body.bytes
    },
    get ended() {
      return body.ended
    },
    after: () => (body.ended === 'whole' ? {} : { after: units.count }),
    async progress(ms) {
      if (body.ended) return true
      if (ms === undefined) return body.changed()
      const { promise, resolve } = Promise.withResolvers<false>()
      // The timer keeps the process alive, because the client has still to get a miss.
      const pause = timer(() => resolve(false), ms)
      return Promise.race([body.changed(), promise]).finally(() => pause.stop())
    },
  }
}
