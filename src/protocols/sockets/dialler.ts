import type { Socket } from 'node:net'

export interface ConnectionOptions {
  readonly host?: string | null
  readonly port?: number | string | null
  readonly path?: string | null
  readonly [name: string]: unknown
}

/** Connects a client to its server, and tells the client what a TLS connection tells. */
export interface Dialler {
  /** Connects for real. */
  dial(options: ConnectionOptions): Socket
  /** Called when the client has been told that it is connected, if there is no server. */
  pretend(): void
  /** Called before a real connection is used. */
  use(live: Socket): void
  /** Whether the client has been told everything that comes before it may use a connection. */
  isReady(): boolean
}
