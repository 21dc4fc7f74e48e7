import { CassetteError } from './cassette-error.ts'

export interface NetworkDeniedDetails {
  /** What the program tried: `TCP connection`, `DNS query` ... */
  readonly what: string
  /** A host name, an IP address, or the path of a unix socket. */
  readonly host: string
  /** `undefined` for a unix socket and for a DNS query. */
  readonly port: number | undefined
  /** The value of `ignore` that would let it through. */
  readonly rule: string
  readonly path: string
  readonly mode: string
}

/**
 * With `network: 'deny'`, cassette stopped traffic that it cannot record before it reached the network.
 * Code `CASSETTE_NETWORK_DENIED`.
 */
export class NetworkDeniedError extends CassetteError {
  readonly host: string
  readonly port: number | undefined
  readonly path: string

  constructor({ what, host, port, rule, path, mode }: NetworkDeniedDetails) {
    super(
      'CASSETTE_NETWORK_DENIED',
      `A ${what} was stopped: the option network is 'deny', and no recording in ${path} can answer it (mode ${mode}). ` +
        `Let it through with ignore: '${rule}'.`,
    )
    this.host = host
    this.port = port
    this.path = path
    this.stack = `${this.name}: ${this.message}`
  }
}
