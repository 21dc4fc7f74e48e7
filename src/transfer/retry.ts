import { randomInt } from 'node:crypto'

import { monotonicNow, sleep } from '../clock.ts'
import { RegistryError } from '../errors/registry-error.ts'

/** How long a change is tried that others come before, ms. */
const PATIENCE_MS = 120_000
const MAX_WAIT_MS = 2000

/**
 * Tries a change until nobody came before it. Waits a little longer each time, by chance, so that many get through.
 * @param attempt returns `undefined` if somebody else was faster
 * @throws {RegistryError} if others are faster for two minutes
 */
export async function untilFirst<T>(
  ref: string,
  attempt: (tries: number) => Promise<T | undefined>,
): Promise<T> {
  const start = monotonicNow()
  for (let tries = 1; ; tries += 1) {
    const done = await attempt(tries)
    if (done !== undefined) return done
    if (monotonicNow() - start > PATIENCE_MS)
      throw new RegistryError(
        'conflict',
        `Others changed the ref ${ref} each time before this push could: ${tries} times. Nothing of theirs is lost, and what was ` +
          'sent is in the registry. Push again; only the ref is left to be changed.',
      )
    await sleep(randomInt(1, Math.min(MAX_WAIT_MS, 20 * 2 ** Math.min(tries, 7))))
  }
}
