import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { threadId } from 'node:worker_threads'

/** A thread as the kernel knows it. A later process or thread with the same number has another start. */
export interface KernelThread {
  /** The boot of the machine and the pid namespace: only in it do the numbers mean the same. */
  readonly space: string
  /** Absent: `/proc` shows another pid namespace, or none. */
  readonly tid?: number
  /** Clock ticks from the boot to the start of the thread. */
  readonly start?: string
}

/** The process and thread that open a journal, and when they do it. */
export interface RunIdentity {
  readonly pid: number
  readonly threadId: number
  /** The machine's name. */
  readonly host: string
  /** ISO 8601. */
  readonly now: string
  /** Only Linux tells it. */
  readonly kernel?: KernelThread
}

/** @param now ISO 8601 */
export function thisRun(now: string): RunIdentity {
  const kernel = kernelThread()
  return {
    pid: process.pid,
    threadId,
    host: hostname(),
    now,
    ...(kernel !== undefined && { kernel }),
  }
}

function kernelThread(): KernelThread | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8)
    const numbers = ['pid', 'time'].map((kind) => readlinkSync(`/proc/self/ns/${kind}`).replace(/\D/g, ''))
    const space = [boot, ...numbers].join('-')
    const [pid, , tid] = readlinkSync('/proc/thread-self').split('/').map(Number)
    if (pid !== process.pid || tid === undefined) return { space }
    const start = startOf(pid, tid)
    return start === undefined ? { space } : { space, tid, start }
  } catch {
    return undefined
  }
}

/**
 * When a thread of this namespace was started, in clock ticks from the boot. `undefined`: it has ended, also if it is a
 * zombie, whose parent has not collected it yet. In a container, pid 1 may never do so.
 */
export function startOf(pid: number, tid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return /^[ZX]/.test(fields[0] ?? '') ? undefined : fields[19]
  } catch {
    return undefined
  }
}
