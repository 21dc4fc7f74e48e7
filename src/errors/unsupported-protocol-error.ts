import { CassetteError } from './cassette-error.ts'

/** A connection that cannot be replayed was asked for where no network is allowed. */
export class UnsupportedProtocolError extends CassetteError {
  readonly target: string

  constructor(protocol: string, target: string, path: string, mode: string) {
    super(
      'CASSETTE_UNSUPPORTED_PROTOCOL',
      `${protocol} to ${target} is not recorded, so ${path} cannot replay it, and mode ${mode} allows no network. ` +
        'Let the host through with the option ignore, or make the client speak another protocol.',
    )
    this.target = target
    this.stack = `${this.name}: ${this.message}`
  }
}
