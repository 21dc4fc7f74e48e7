import { clearTimeout as stopTimer, setTimeout as startTimer } from 'node:timers'

/** Asked when no timer, handle or exchange can go on: nothing else can happen in this process. True: it has made something happen. */
export type OnIdle = () => boolean

const listeners = new Set<OnIdle>()

/** Calls `listener` whenever the process would end because there is nothing left to do. @returns a function that stops that */
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

/** How long an open exchange keeps a process alive that does nothing but wait for it, ms. A real one does so for ever. */
const KEPT_ALIVE_MS = 60_000

/** Keeps the process alive, as an open connection does, once it has nothing else to do. */
export function keptAlive(): { stop(): void } {
  let timer: NodeJS.Timeout | undefined
  const forget = whenIdle(() => {
    if (timer) return false
    timer = startTimer(() => {}, KEPT_ALIVE_MS)
    return true
  })
  return {
    stop() {
      forget()
      stopTimer(timer)
    },
  }
}
