/**
 * The real clock and real timers. Tests put fake ones in place of the globals, before or after this package is loaded, and
 * nothing here may wait for them.
 */
import { scheduler } from 'node:timers/promises'
import { deserialize } from 'node:v8'

/** What makes and reads real dates. */
interface RealDate {
  new (ms: number): Date
  now(): number
}

/** What fakes replace are the globals and the exports of `node:timers`. The methods of this prototype stay Node's own. */
interface RealScheduler {
  wait(ms: number, options: WaitOptions): Promise<void>
  yield(): Promise<void>
}

interface WaitOptions {
  /** Ends the wait: it rejects. */
  readonly signal?: AbortSignal
  /**
   * Whether the wait keeps the process alive.
   * @defaultValue `true`
   */
  readonly ref?: boolean
}

const methods = Object.getPrototypeOf(scheduler) as RealScheduler
const wait = methods.wait.bind(scheduler)
const turn = methods.yield.bind(scheduler)
/** A date as V8 writes it: the mark, the version, `D`, and a double. */
const A_DATE = Uint8Array.of(0xff, 0x0f, 0x44, 0, 0, 0, 0, 0, 0, 0, 0)
// V8 makes it from its own class, whatever the global is.
const OwnDate = (deserialize(A_DATE) as Date).constructor as unknown as RealDate

/** Milliseconds since 1970. */
export const realNow = (): number => OwnDate.now()

/** Now, as ISO 8601. */
export const isoNow = (): string => new OwnDate(OwnDate.now()).toISOString()

/** A time `ms` from now, as ISO 8601. */
export const isoAfter = (ms: number): string => new OwnDate(OwnDate.now() + ms).toISOString()

/** Milliseconds since the process began: it never goes back. */
export const monotonicNow = (): number => process.uptime() * 1000

/** Resolves after `ms`. Rejects if `signal` is aborted. */
export const sleep = (ms: number, options: WaitOptions = {}): Promise<void> => wait(ms, options)

/** Resolves in the next turn of the event loop. */
export const macrotask = (): Promise<void> => turn()

/** Runs `task` in the next turn of the event loop. */
export const nextTurn = (task: () => unknown): void => void macrotask().then(() => attempt(task))

/** Runs `task` when the code that runs now has ended. */
export const nextMicrotask = (task: () => unknown): void => void Promise.resolve().then(() => attempt(task))

export interface Timer {
  /** Begins the wait anew. */
  restart(): void
  stop(): void
}

/**
 * Runs `task` once, after `ms`.
 * @param ref whether the timer keeps the process alive
 */
export function timer(task: () => unknown, ms: number, ref = true): Timer {
  let waiting = new AbortController()
  const start = (): void => {
    const { signal } = waiting
    sleep(ms, { signal, ref }).then(
      () => attempt(task),
      () => {},
    )
  }
  start()
  return {
    restart() {
      waiting.abort()
      waiting = new AbortController()
      start()
    },
    stop: () => waiting.abort(),
  }
}

/** What a task throws is an uncaught exception, as from a timer. Listeners' errors are. */
function attempt(task: () => unknown): void {
  try {
    task()
  } catch (error) {
    const target = new EventTarget()
    target.addEventListener('error', () => {
      throw error
    })
    target.dispatchEvent(new Event('error'))
  }
}
