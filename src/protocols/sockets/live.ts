import type { Socket } from 'node:net'

import { nextTurn } from '../../clock.ts'
import { replaceOwn } from '../internals/replace-own.ts'
import type { ConnectionOptions, Dialler } from './dialler.ts'
import type { Establishing } from './establishing.ts'
import type { Incoming } from './incoming.ts'
import type { StreamHandle } from './native-stream.ts'
import { guarded } from './server-side.ts'

/** What a live connection needs of the client for which it was made. */
export interface LiveClient {
  readonly socket: Socket
  readonly handle: StreamHandle
  readonly dialler: Dialler
  readonly incoming: Incoming
  readonly establishing: Establishing
  readonly options: () => ConnectionOptions
  /** Whether the client is told of a failure now. Otherwise the failure waits until it is decided where the request goes. */
  readonly tellsFailure: () => boolean
  /** Called before a connection that never was fails. */
  readonly beforeFailure: (tell: () => void) => void
  /** A failure waits. */
  readonly onKeptFailure: () => void
}

/** The connection that is really made for a client, if one is. */
export class LiveEnd {
  readonly #client: LiveClient
  #live: Socket | undefined
  #failed: { readonly live: Socket; readonly error: Error } | undefined

  constructor(client: LiveClient) {
    this.#client = client
  }

  get socket(): Socket | undefined {
    return this.#live
  }
  get hasFailed(): boolean {
    return this.#failed !== undefined
  }

  /** Connects. The client is told everything as it happens. */
  dial(): void {
    if (this.#live && !this.#live.destroyed) return
    const { dialler, handle, options } = this.#client
    const live = dialler.dial(options())
    this.#live = live
    live.allowHalfOpen = true
    this.#follow(live)
    dialler.use(live)
    const isRefed = Reflect.get(handle, 'hasRef') as () => boolean
    if (!isRefed()) live.unref()
  }

  /** What happens on the connection from now on is not the client's. */
  forget(): void {
    this.#live = undefined
  }

  /** Closes the connection. The client does not hear of it. */
  drop(): void {
    const live = this.#live
    this.#live = undefined
    live?.removeAllListeners()
    live?.on('error', () => {})
    live?.destroy()
  }

  /** The connection whose failure was kept. Tells the failure in the next turn. */
  takeFailure(): Socket | undefined {
    const failed = this.#failed
    if (!failed) return undefined
    this.#failed = undefined
    const { live, error } = failed
    const { socket } = this.#client
    nextTurn(() => {
      this.#client.beforeFailure(() => {
        live.emit('error', error)
        if (!socket.destroyed) socket.destroy(error)
        live.emit('close', true)
      })
    })
    return guarded(live)
  }

  /** The first error of a connection, and what follows it, is told when `beforeFailure` lets it. */
  #delayFailure(live: Socket): void {
    let waiting: unknown[][] | undefined
    let hasFailed = false
    replaceOwn(live, 'emit', (emit) => (...args) => {
      if (waiting) return waiting.push(args) > 0
      if (hasFailed || args[0] !== 'error') return emit(...args)
      hasFailed = true
      waiting = [args]
      this.#client.beforeFailure(() => {
        const held = waiting ?? []
        waiting = undefined
        for (const one of held) emit(...one)
      })
      return true
    })
  }

  #follow(live: Socket): void {
    this.#delayFailure(live)
    const { socket: client, incoming, establishing } = this.#client
    const isOurs = (): boolean => this.#live === live
    const tell = (event: string): void =>
      void live.on(event, (...args: unknown[]) => {
        if (isOurs() && !establishing.isDone && !client.destroyed) client.emit(event, ...args)
      })
    tell('lookup')
    // Node tells of the attempt to connect to an address by itself.
    if (!establishing.tellsAttempt) tell('connectionAttempt')
    tell('connectionAttemptFailed')
    tell('connectionAttemptTimeout')
    live.once('connect', () => isOurs() && establishing.finish(live))
    live.on('data', (chunk: Buffer) => incoming.push(chunk) || live.pause())
    live.on('end', () => incoming.end())
    live.on('error', (error) => this.#onError(live, error))
    live.on('close', () => {
      // After an orderly end the client closes by itself, when it has read everything.
      if (isOurs() && !live.readableEnded && !live.errored && !client.destroyed) client.destroy()
    })
  }

  #onError(live: Socket, error: Error): void {
    const { socket: client, tellsFailure, onKeptFailure } = this.#client
    if (this.#live !== live) return
    if (tellsFailure()) {
      if (!client.destroyed) client.destroy(error)
      return
    }
    this.#failed = { live, error }
    onKeptFailure()
  }
}
