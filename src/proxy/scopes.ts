import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'

import type { ConnectTarget, IncomingRequest, NonHttpUse, Outcome } from '../exchange/gate.ts'
import { isGrpc } from '../exchange/wire/grpc-frame.ts'
import { headerValue } from '../exchange/headers.ts'
import { type Answering, occupy, type Place } from '../session/process/current.ts'
import type { CassetteOptions } from '../session/options/options.ts'
import { Session } from '../session/session.ts'
import { Http2Sessions } from './over-http2.ts'

/** A cassette that answers some requests of the proxy. */
export interface Scope {
  /** Names it in URLs. */
  readonly id: string
  readonly session: Session
  readonly http2: Http2Sessions
}

/** One request of a client, while it is passed on. */
export interface Call {
  readonly scope: Scope
  /** Why its cassette refused it. */
  refused?: Error
}

/** The sessions share the place of the process, which {@link Scopes} has. */
const NO_PLACE: Place = { attach() {}, release() {} }

const CHOOSE = 'A process runs one proxy or one cassette at a time.'

/** The open cassettes of a proxy. Each request that it passes on is answered by the one it was made for. */
export class Scopes implements Answering {
  readonly #calls = new AsyncLocalStorage<Call>()
  readonly #open = new Map<string, Scope>()
  readonly #place: Place

  /** @throws {NestedCassetteError} if a cassette is open in this process */
  constructor(name: string) {
    this.#place = occupy(name, CHOOSE)
    this.#place.attach(this)
  }

  get open(): readonly Scope[] {
    return [...this.#open.values()]
  }

  get(id: string): Scope | undefined {
    return this.#open.get(id)
  }

  /** @throws what `openCassette` throws */
  start(path: string, options: CassetteOptions): Scope {
    const onExit = (): void => session.exit()
    const session = Session.open(path, options, {
      place: NO_PLACE,
      onEnd: () => void process.off('exit', onExit),
    })
    process.on('exit', onExit)
    const scope = { id: randomBytes(6).toString('hex'), session, http2: new Http2Sessions() }
    this.#open.set(scope.id, scope)
    return scope
  }

  /**
   * Writes the cassette.
   * @throws {CassetteWriteError} and others if it could not be written. A miss is not thrown: the session has it
   */
  async finish(scope: Scope): Promise<void> {
    this.#open.delete(scope.id)
    try {
      await scope.session.finish({ failed: false })
    } finally {
      scope.http2.close()
    }
  }

  /** Passes a request on with `pass`, so that the cassette of `call` answers it. */
  run(call: Call, pass: () => void): void {
    this.#calls.run(call, pass)
  }

  leave(): void {
    this.#place.release()
  }

  async answer(incoming: IncomingRequest): Promise<Outcome> {
    const call = this.#calls.getStore()
    // Not of the proxy: a program may send other requests in the process that it started a proxy in.
    if (!call) return { kind: 'forward' }
    const outcome = await call.scope.session.answer(incoming)
    if (outcome.kind !== 'refuse') return outcome
    const contentType = headerValue(incoming.headers, 'content-type')
    if (contentType !== undefined && isGrpc(contentType)) return outcome
    call.refused = outcome.error
    // Without its reply: the proxy makes one in the form of the API.
    return { kind: 'refuse', error: outcome.error }
  }

  #session(): Session | undefined {
    return this.#calls.getStore()?.scope.session
  }

  forwards = (method: string): boolean => this.#session()?.forwards(method) ?? true

  connect = (target: ConnectTarget): 'open' | 'hold' | Error => this.#session()?.connect(target) ?? 'open'

  negotiated: Answering['negotiated'] = (target) => this.#session()?.negotiated(target)

  nonHttp = (use: NonHttpUse): Error | undefined => this.#session()?.nonHttp(use)

  unseen = (request: { method: string; url: string }): Error | undefined => this.#session()?.unseen(request)
}
