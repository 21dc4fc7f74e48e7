import { readdirSync, readlinkSync } from 'node:fs'
import { setImmediate as macrotask } from 'node:timers/promises'

/** What this process holds at a moment. */
export interface Held {
  /** Bytes after garbage collection, array buffers included. */
  readonly heap: number
  /** What keeps the event loop busy, timers left out. */
  readonly handles: number
  readonly timers: number
  /** Open file descriptors; 0 where `/proc` is missing. */
  readonly fds: number
  /** Those of them that are sockets. */
  readonly sockets: number
}

export const MEASURES = ['heap', 'handles', 'timers', 'fds', 'sockets'] as const

const isTimer = (name: string): boolean => /Timeout|Immediate/.test(name)

function descriptors(): string[] {
  try {
    return readdirSync('/proc/self/fd').map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`)
      } catch {
        // That of the listing itself.
        return ''
      }
    })
  } catch {
    return []
  }
}

/** @throws where Node was started without `--expose-gc` */
export async function measure(): Promise<Held> {
  const { gc } = globalThis
  if (!gc) throw new Error('start Node with --expose-gc')
  // Finalizers run in between, and free more.
  for (let i = 0; i < 2; i++) {
    gc()
    await macrotask()
  }
  const resources = process.getActiveResourcesInfo()
  const open = descriptors().filter((target) => target !== '')
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return {
    heap: heapUsed + arrayBuffers,
    handles: resources.filter((name) => !isTimer(name)).length,
    timers: resources.filter(isTimer).length,
    fds: open.length,
    sockets: open.filter((target) => target.startsWith('socket:')).length,
  }
}
