import { setTimeout as sleep, setImmediate as macrotask } from 'node:timers/promises'

/**
 * Waits as long as the recording did, or one macrotask.
 * @note Without the macrotask an answer in the same tick starves timers, makes undici open a socket a request,
 * and lets chunks written one after the other arrive as one.
 */
export async function pace(delayMs: number, factor: number, gone: AbortSignal): Promise<void> {
  const wait = delayMs * factor
  if (wait < 1) await macrotask()
  else await sleep(wait, undefined, { signal: gone }).catch(() => {})
}
