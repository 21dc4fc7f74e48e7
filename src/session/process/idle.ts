import { type Timer, timer } from '../../clock.ts'

/** Called when the process has nothing left to do. Returns `true` if it has started something. */
export type OnIdle = () => boolean

const listeners = new Set<OnIdle>()

/** Calls `listener` when the process would end because it has nothing left to do. @returns a function that removes `listener` */
export function whenIdle(listener: OnIdle): () => void {
  if (listeners.size === 0) process.on('beforeExit', onBeforeExit)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) process.removeListener('beforeExit', onBeforeExit)
  }
}

function onBeforeExit(): void {
  for (const listener of listeners) if (listener()) return
}

/** How long an open exchange keeps a process alive that only waits for it, ms. A real connection does so without end. */
const KEPT_ALIVE_MS = 60_000

/** Keeps the process alive when it has nothing else to do, as an open connection does. */
export function keptAlive(): { stop(): void } {
  let hold: Timer | undefined
  const forget = whenIdle(() => {
    if (hold) return false
    hold = timer(() => {}, KEPT_ALIVE_MS)
    return true
  })
  return {
    stop() {
      forget()
      hold?.stop()
    },
  }
}
