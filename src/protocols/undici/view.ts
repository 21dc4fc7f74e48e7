import { sleep } from '../../clock.ts'
import type { Tap } from '../../exchange/gate.ts'
import { failureOf } from '../failure.ts'

/** undici tells its program a moment after the socket tells us; longer than this it has nothing to tell, ms. */
const PATIENCE_MS = 100

const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  /^UND_ERR_\w+_TIMEOUT$/.test(String(Reflect.get(error, 'code')))

/**
 * A tap that records the failure which undici told its program, by its own name and code, in place of the one
 * that Node's HTTP client, which reads the copy, would have told.
 * @param ended when undici was done with the request, and with which error, if any
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
        // What came after the end of the response is no business of undici's.
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
