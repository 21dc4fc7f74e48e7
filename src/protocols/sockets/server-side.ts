import type { Socket } from 'node:net'

type Listener = (...args: unknown[]) => void

/** What the other end of a client's socket can do. */
export interface OtherEnd {
  /** Gives the client bytes to read. Returns whether it wants more now. */
  give(bytes: Buffer, done?: () => void): boolean
  /** Ends what the client reads. */
  giveEnd(): void
}

/** Calls those who listen to what a client writes. A listener that throws hears nothing more. */
export class Heard {
  readonly #listeners: { readonly event: string; readonly listener: Listener; readonly once: boolean }[] = []
  /** What was written before anybody listened. */
  #early: unknown[][] | undefined = []

  /** From now on what is written is told at once. @returns what was thrown */
  begin(): unknown[] {
    const early = this.#early ?? []
    this.#early = undefined
    return early.flatMap((args) => this.tell('data', ...args))
  }

  add(event: string, listener: Listener, { once = false, first = false } = {}): void {
    const entry = { event, listener, once }
    if (first) this.#listeners.unshift(entry)
    else this.#listeners.push(entry)
  }

  remove(event: string, listener: Listener): void {
    const at = this.#listeners.findLastIndex((one) => one.event === event && one.listener === listener)
    if (at !== -1) this.#listeners.splice(at, 1)
  }

  /** Nobody hears of this any more. */
  forget(event: string): void {
    this.#early = undefined
    for (const one of this.#listeners.filter((entry) => entry.event === event))
      this.remove(event, one.listener)
  }

  /** @returns what was thrown */
  tell(event: string, ...args: unknown[]): unknown[] {
    if (this.#early && event === 'data') {
      this.#early.push(args)
      return []
    }
    const failures: unknown[] = []
    for (const { listener, once } of this.#listeners.filter((one) => one.event === event)) {
      if (once) this.remove(event, listener)
      try {
        listener(...args)
      } catch (error) {
        this.remove(event, listener)
        failures.push(error)
      }
    }
    return failures
  }
}

const ADDING = new Set<unknown>(['on', 'addListener', 'once', 'prependListener', 'prependOnceListener'])
const REMOVING = new Set<unknown>(['off', 'removeListener'])
const OWN_EVENTS = new Set(['data', 'drain'])

const isListener = (value: unknown): value is Listener => typeof value === 'function'

const bytesOf = (chunk: unknown, encoding: unknown): Buffer =>
  typeof chunk === 'string'
    ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
    : Buffer.from(chunk as Uint8Array)

/**
 * A client's socket as its server sees it: `data` is what the client writes, and `write` is what it reads. Everything else is
 * the client's.
 */
export function serverSide(socket: Socket, heard: Heard, end: OtherEnd): Socket {
  const write = (chunk: unknown, encoding?: unknown, callback?: unknown): boolean => {
    const done = [encoding, callback].find(isListener)
    return end.give(bytesOf(chunk, encoding), done)
  }
  const finish = (chunk?: unknown, encoding?: unknown, callback?: unknown): Socket => {
    const done = [chunk, encoding, callback].find(isListener)
    if (chunk !== undefined && chunk !== null && !isListener(chunk)) end.give(bytesOf(chunk, encoding))
    end.giveEnd()
    done?.()
    return socket
  }
  const listening = (name: string) => (event: string, listener: Listener) => {
    if (OWN_EVENTS.has(event))
      heard.add(event, listener, { once: /once/i.test(name), first: name.startsWith('prepend') })
    else Reflect.apply(Reflect.get(socket, name) as Listener, socket, [event, listener])
    return socket
  }
  const forgetting = (name: string) => (event: string, listener: Listener) => {
    if (OWN_EVENTS.has(event)) heard.remove(event, listener)
    else Reflect.apply(Reflect.get(socket, name) as Listener, socket, [event, listener])
    return socket
  }
  return new Proxy(socket, {
    get(target, name): unknown {
      if (ADDING.has(name)) return listening(name as string)
      if (REMOVING.has(name)) return forgetting(name as string)
      if (name === 'write') return write
      if (name === 'end') return finish
      const value: unknown = Reflect.get(target, name)
      return value
    },
  })
}

const guards = new WeakMap<Socket, Socket>()

/** The live end of a connection, whose listeners cannot make the process fail. */
export function guarded(live: Socket): Socket {
  const known = guards.get(live)
  if (known) return known
  const wrapped = new WeakMap<Listener, Listener>()
  const wrap = (listener: Listener): Listener => {
    const former = wrapped.get(listener)
    if (former) return former
    const safe: Listener = function (this: unknown, ...args) {
      try {
        Reflect.apply(listener, this, args)
      } catch {
        live.removeListener('data', safe)
      }
    }
    wrapped.set(listener, safe)
    return safe
  }
  const guard = new Proxy(live, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(target, name)
      if (!ADDING.has(name) && !REMOVING.has(name)) return value
      return (event: string, listener: Listener) =>
        Reflect.apply(value as Listener, target, [event, wrap(listener)])
    },
  })
  guards.set(live, guard)
  return guard
}
