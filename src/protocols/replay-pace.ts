import { macrotask, sleep } from '../clock.ts'

/**
 * Waits as long as the recording did, or one macrotask.
 * @remarks Without the macrotask an answer in the same tick starves timers, makes undici open a socket a request,
 * and lets chunks written one after the other arrive as one.
 */
export async function pace(delayMs: number, factor: number, gone: AbortSignal): Promise<void> {
  const wait = delayMs * factor
  if (wait < 1) await macrotask()
  else await sleep(wait, { signal: gone }).catch(() => {})
}

/** How long a stalled replay waits for the client to give up beyond what was recorded, ms. */
const MARGIN_MS = 1000

/**
 * Stalls as the recorded response did, until the client gives up, whose timeout may be another one now. A client that
 * does not is let go when it has waited twice as long as it did, and a second.
 * @remarks As long as the recorded one waited, the process is kept alive, as by an open connection: the timers of fetch,
 * undici and `http` do not do that.
 */
export async function stall(gone: AbortSignal, waitedMs = 0): Promise<void> {
  try {
    if (waitedMs > 0) await sleep(waitedMs + MARGIN_MS, { signal: gone })
    await sleep(waitedMs > 0 ? waitedMs : MARGIN_MS, { signal: gone, ref: false })
  } catch {
    // The client has gone.
  }
}
