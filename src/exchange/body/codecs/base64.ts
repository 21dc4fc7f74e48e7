import { type BodyCodec, MAX_PIECE_BYTES } from '../codec.ts'
import { decodeBase64, encodeBase64 } from '../payload.ts'
import type { Base64Body } from '../stored-body.ts'
import { checkBase64, checkDelay } from '../stored-checks.ts'
import { storedDelay } from '../timeline.ts'

/** Any bytes: the form for bodies that have no other. */
export const base64Codec: BodyCodec<Base64Body> = {
  form: 'base64',

  encode: (source) => ({ base64: encodeBase64(source.bytes), ...storedDelay(source.totalDelayMs) }),

  *decode(stored) {
    let delayMs = stored.delay_ms ?? 0
    for (const piece of decodeBase64(stored.base64)) {
      for (let start = 0; start < piece.length; start += MAX_PIECE_BYTES) {
        yield { data: piece.subarray(start, start + MAX_PIECE_BYTES), delayMs }
        delayMs = 0
      }
    }
  },

  check(stored) {
    checkBase64(stored['base64'], ['base64'])
    checkDelay(stored)
  },
}
