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

/** How long a replay that stalls waits for the client to give up, ms. */
const STALL_MS = 1000

/**
 * Stalls as the recorded response did, until the client gives up. A client that does not is let go after a second.
 * The wait keeps no process alive.
 */
export async function stall(gone: AbortSignal): Promise<void> {
  await sleep(STALL_MS, undefined, { signal: gone, ref: false }).catch(() => {})
}
