import { UnseenRequestError } from '../errors/unseen-request-error.ts'
import { UnsupportedProtocolError } from '../errors/unsupported-protocol-error.ts'
import type { ConnectTarget, IncomingRequest, Outcome } from '../exchange/gate.ts'
import { headerValue } from '../exchange/headers.ts'
import { mayConnect } from './connect.ts'

export interface UnrecordedContext {
  readonly path: string
  readonly mode: string
  /** Whether anything may go live. */
  readonly isLive: boolean
  readonly ignored: (method: string, url: string) => boolean
  /** Whether anything of this server is recorded. */
  readonly recorded: (target: { host: string; port: number }) => boolean
  /** Redacts a request's address. */
  readonly named: (request: { method: string; url: string }) => { method: string; url: string }
  readonly latch: (error: Error) => Error
}

/** What cannot be recorded: it passes while something may go live, and else fails in a way nobody can swallow. */
export class Unrecorded {
  readonly #context: UnrecordedContext

  constructor(context: UnrecordedContext) {
    this.#context = context
  }

  connect(target: ConnectTarget): 'open' | 'hold' | Error {
    const { isLive, ignored, recorded } = this.#context
    return mayConnect(target, isLive, ignored, recorded)
  }

  unseen(request: { method: string; url: string }): Error | undefined {
    const { ignored, latch, named, path } = this.#context
    if (ignored(request.method, request.url)) return undefined
    return latch(new UnseenRequestError(named(request), path))
  }

  /** The opening of a protocol that is no WebSocket. */
  upgrade(incoming: IncomingRequest): Outcome {
    const { isLive, named } = this.#context
    if (isLive) return { kind: 'forward' }
    const protocol = headerValue(incoming.headers, 'upgrade') ?? ''
    return { kind: 'refuse', error: this.#refuse(`The protocol ${protocol}`, named(incoming).url) }
  }

  #refuse(protocol: string, address: string): Error {
    const { latch, path, mode } = this.#context
    return latch(new UnsupportedProtocolError(protocol, address, path, mode))
  }
}
