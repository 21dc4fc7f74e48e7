import { macrotask, sleep } from '../clock.ts'

/**
 * Waits for the recorded delay, at least one macrotask.
 * @remarks Three things go wrong if the answer comes in the same tick: timers starve, undici opens one socket for each
 * request, and chunks that were written one after the other arrive as one.
 */
export async function pace(delayMs: number, factor: number, gone: AbortSignal): Promise<void> {
  const wait = delayMs * factor
  if (wait < 1) await macrotask()
  else await sleep(wait, { signal: gone }).catch(() => {})
}

/** How much longer than recorded a stalled replay waits for the client to give up, ms. */
const MARGIN_MS = 1000

/**
 * Sends nothing until the client gives up. The client's timeout may have changed since the recording. A client that
 * does not give up is released after twice the recorded time and a second.
 * @remarks Keeps the process alive for the recorded time and a second, as an open connection does. The timers of
 * fetch, undici and `http` do not keep it alive.
 */
export async function stall(gone: AbortSignal, waitedMs = 0): Promise<void> {
  try {
    if (waitedMs > 0) await sleep(waitedMs + MARGIN_MS, { signal: gone })
    await sleep(waitedMs > 0 ? waitedMs : MARGIN_MS, { signal: gone, ref: false })
  } catch {
    // The client has gone.
  }
}
