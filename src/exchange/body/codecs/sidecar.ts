import { bufferOf } from '../../../base/bytes.ts'
import { type BodyCodec, piecesOf } from '../codec.ts'
import { CONTENT, type SidecarBody } from '../stored-body.ts'
import { StoredBodyError } from '../stored-body-error.ts'
import { checkDelay, checkString } from '../stored-checks.ts'

/** A body in a file of its own. Whoever has files makes the form: see `BodyStore`. */
export const sidecarCodec: BodyCodec<SidecarBody> = {
  form: 'sidecar',

  encode: () => undefined,

  *decode(stored) {
    const content = stored[CONTENT]
    if (content === undefined)
      throw new StoredBodyError(['sidecar'], 'a body that was read from a file', stored)
    yield* piecesOf(bufferOf(content()), stored.delay_ms ?? 0)
  },

  check(stored) {
    const name = checkString(stored['sidecar'], ['sidecar'])
    if (!/^[0-9a-f]{64}$/.test(name)) throw new StoredBodyError(['sidecar'], '64 hex digits', name)
    const { bytes } = stored
    if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0)
      throw new StoredBodyError(['bytes'], 'the length of the file', bytes)
    checkDelay(stored)
  },
}
