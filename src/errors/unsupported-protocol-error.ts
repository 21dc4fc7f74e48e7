import { CassetteError } from './cassette-error.ts'

/**
 * The program opened a connection that cannot be replayed, and the mode does not allow the network.
 * Code `CASSETTE_UNSUPPORTED_PROTOCOL`.
 */
export class UnsupportedProtocolError extends CassetteError {
  readonly target: string

  constructor(protocol: string, target: string, path: string, mode: string) {
    super(
      'CASSETTE_UNSUPPORTED_PROTOCOL',
      `${protocol} to ${target} is not recorded: ${path} cannot replay it, and mode ${mode} does not allow the network. ` +
        'Let the host through with the option ignore, or make the client speak another protocol.',
    )
    this.target = target
    this.stack = `${this.name}: ${this.message}`
  }
}
