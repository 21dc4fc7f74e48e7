import { sleep } from '../../clock.ts'
import type { Tap } from '../../exchange/gate.ts'
import { failureOf } from '../failure.ts'

/** undici tells its program shortly after the socket tells us. After this time it has nothing to tell, ms. */
const PATIENCE_MS = 100

const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  /^UND_ERR_\w+_TIMEOUT$/.test(String(Reflect.get(error, 'code')))

/**
 * Records undici's own error instead of the one that our response parser reports.
 * @param ended resolves when undici is done with the request, with its error, if any
 */
export function asUndiciSees(tap: Tap, ended: Promise<{ readonly error?: unknown }>): Tap {
  const verdict = (): Promise<{ readonly error?: unknown } | undefined> =>
    Promise.race([ended, sleep(PATIENCE_MS, { ref: false }).then(() => undefined)])
  return {
    informational: (response) => tap.informational(response),
    head: (head) => tap.head(head),
    frame: (from, frame) => tap.frame(from, frame),
    data: (chunk) => tap.data(chunk),
    end: (trailers) => tap.end(trailers),
    fail(failure) {
      void verdict().then((ending) => {
        if (!ending) tap.fail(failure)
        // For undici the response had ended before the failure.
        else if (ending.error === undefined) tap.end()
        else tap.fail(failureOf(ending.error))
      })
    },
    cut() {
      void verdict().then((ending) => {
        if (isTimeout(ending?.error)) tap.fail(failureOf(ending?.error))
        else tap.cut()
      })
    },
  }
}
