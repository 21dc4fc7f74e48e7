/**
 * What the interceptors do with the bytes that a client writes. `test/protocols/fuzz.test.ts` fails if it changes.
 */
import { toError } from '../../../base/to-error.ts'
import { replaceOwn } from '../replace-own.ts'

/** The event by which the interceptors pass on what a client writes. */
const WRITTEN = 'internal:write'

/** Calls `failed` if the interceptors cannot read what a client writes. Their error would end the process. */
export function whenUnreadable(socket: object, failed: (error: Error) => void): void {
  replaceOwn(socket, 'emit', (emit) => (...args) => {
    if (args[0] !== WRITTEN) return emit(...args)
    try {
      return emit(...args)
    } catch (error) {
      failed(toError(error))
      return true
    }
  })
}
