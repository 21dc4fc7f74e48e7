import { readdirSync, readlinkSync } from 'node:fs'
import { setImmediate as macrotask } from 'node:timers/promises'

/** The resources that this process holds at a moment. */
export interface Held {
  /** Bytes after garbage collection, including array buffers. */
  readonly heap: number
  /** The number of active resources of the event loop, without timers. */
  readonly handles: number
  readonly timers: number
  /** The number of open file descriptors; 0 if `/proc` is missing. */
  readonly fds: number
  /** The number of file descriptors that are sockets. */
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
        // The descriptor of the listing itself, which is closed by now.
        return ''
      }
    })
  } catch {
    return []
  }
}

/** Measures this process. @throws if Node was started without `--expose-gc` */
export async function measure(): Promise<Held> {
  const { gc } = globalThis
  if (!gc) throw new Error('start Node with --expose-gc')
  // Finalizers run between the collections and free more memory.
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
