import { setTimeout as sleep } from 'node:timers/promises'
import type { Call } from '../types.ts'

/** How long the program waits for the response head before it aborts, ms. */
export const WAIT_MS = 40

export interface Aborting {
  readonly controller: AbortController
  readonly signal: AbortSignal
  /** Call it when the response head has arrived. */
  readonly atHead: () => void
  /** Call it when a part of the body has arrived. */
  readonly read: () => void
}

/** Aborts a request at the moment that the call names. */
export function aborting(call: Call): Aborting {
  const controller = new AbortController()
  if (call.abort === 'before') controller.abort()
  if (call.abort === 'waiting') void sleep(WAIT_MS).then(() => controller.abort())
  return {
    controller,
    signal: controller.signal,
    atHead: () => call.abort === 'at-head' && controller.abort(),
    read: () => call.abort === 'in-body' && controller.abort(),
  }
}
