import { setTimeout as sleep } from 'node:timers/promises'
import type { Call } from '../types.ts'

/** When the program that waits for the head gives up, ms. */
export const WAIT_MS = 40

export interface Aborting {
  readonly controller: AbortController
  readonly signal: AbortSignal
  /** To be told that the head is there. */
  readonly atHead: () => void
  /** To be told that something of the body is there. */
  readonly read: () => void
}

/** Aborts as the call says. */
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
