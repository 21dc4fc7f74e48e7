import type { EventEmitter } from 'node:events'

/** What a session and its socket say when their connection ends: clients give up, or retry, whatever is open then. */
const NEWS: ReadonlySet<unknown> = new Set(['goaway', 'end', 'error', 'close'])

/**
 * Keeps the end of a connection from whoever listens to it while `isBusy`.
 * @returns passes on what has been kept, unless it is still busy
 */
export function keepNews(emitters: readonly EventEmitter[], isBusy: () => boolean): () => void {
  const kept: (() => void)[] = []
  for (const emitter of emitters) {
    const emit: EventEmitter['emit'] = emitter.emit.bind(emitter)
    emitter.emit = (...args) => {
      const tell = (): boolean => emit(...args)
      if (!NEWS.has(args[0]) || !isBusy()) return tell()
      kept.push(tell)
      return true
    }
  }
  return () => {
    while (kept.length > 0 && !isBusy()) kept.shift()?.()
  }
}
