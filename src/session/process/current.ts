import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'

import { ClosedCassetteError } from '../../errors/closed-cassette-error.ts'
import { NestedCassetteError } from '../../errors/nested-cassette-error.ts'
import type { Gate, IncomingRequest, Outcome } from '../../exchange/gate.ts'
import type { CassetteOptions } from '../options/options.ts'
import { refusal } from '../../exchange/refusal.ts'

/** What the protocols need of the open session. */
export type Answering = Pick<Gate, 'answer' | 'connect' | 'negotiated' | 'nonHttp' | 'unseen'>

/** What ran inside one `withCassette`: a request that comes out of it later is a straggler. */
export interface Scope {
  readonly path: string
  /** Redacts the address of a straggler, its query left out; absent: only its origin is told. */
  readonly redact?: (text: string) => string
  ended: boolean
  /** Present where another test has the place: what its requests are refused with. */
  readonly blocked?: () => Error
}

interface Occupant {
  readonly path: string
  /** What to say to the next that wants the place. */
  readonly choose: string | undefined
  session: Answering | undefined
}

/** The one place a process has for a session. */
export interface Place {
  attach(session: Answering): void
  release(): void
}

interface ProcessState {
  occupant: Occupant | undefined
  defaults: CassetteOptions
  readonly scopes: AsyncLocalStorage<Scope>
  /** Set once the process is patched: by which copy of the package does not matter. */
  refresh: (() => void) | undefined
  /** Whether unknown environment variables have been looked for. */
  environmentChecked?: boolean
}

/**
 * @remarks Inside Jest's VM a symbol on `globalThis` is not visible. One on `process` is, if it was there when the test
 * file's environment was made: `process` is a copy there.
 */
const KEY = Symbol.for('cassette.session')

function state(): ProcessState {
  const existing: unknown = Reflect.get(process, KEY)
  if (existing) return existing as ProcessState
  const created: ProcessState = {
    occupant: undefined,
    defaults: {},
    scopes: new AsyncLocalStorage(),
    refresh: undefined,
  }
  Object.defineProperty(process, KEY, { value: created })
  return created
}

state()

export const getDefaults = (): CassetteOptions => state().defaults
export const setDefaults = (defaults: CassetteOptions): void => void (state().defaults = defaults)

/**
 * Takes the one place a process has for a session.
 * @param choose how to choose, for the error of the next that wants it
 * @throws NestedCassetteError where another has it; that one is not disturbed
 */
export function occupy(path: string, choose?: string): Place {
  const shared = state()
  if (shared.occupant) throw new NestedCassetteError(shared.occupant.path, path, shared.occupant.choose)
  const occupant: Occupant = { path, choose, session: undefined }
  shared.occupant = occupant
  return {
    attach: (session) => void (occupant.session = session),
    release() {
      if (shared.occupant !== occupant) return
      shared.occupant = undefined
      shared.refresh?.()
    },
  }
}

/** Whether this is the first call in the process, whichever copy of the package makes it. */
export function isFirstEnvironmentCheck(): boolean {
  const shared = state()
  if (shared.environmentChecked === true) return false
  shared.environmentChecked = true
  return true
}

export const runInScope = <T>(scope: Scope, fn: () => T): T => state().scopes.run(scope, fn)

/** Patches the process if no copy of the package has, and brings the patches up to date. */
export function ensurePatched(install: (gate: Gate) => { refresh(): void }): void {
  const shared = state()
  if (!shared.refresh) {
    const protocols = install(gate)
    // A server that was started inside a scope lives on: what its handlers send later is nobody's straggler.
    subscribe('http.server.request.start', () => {
      if (endedScope()) shared.scopes.enterWith(NO_SCOPE)
    })
    shared.refresh = () => protocols.refresh()
  }
  shared.refresh()
}

const NO_SCOPE: Scope = { path: '', ended: false }

const endedScope = (): Scope | undefined => {
  const scope = state().scopes.getStore()
  return scope?.ended === true ? scope : undefined
}

const blocked = (): Scope['blocked'] => state().scopes.getStore()?.blocked

const gate: Gate = {
  active: () =>
    state().occupant?.session !== undefined || endedScope() !== undefined || blocked() !== undefined,
  async answer(request) {
    const scope = endedScope()
    if (scope) return refuseStraggler(request, scope)
    const refuse = blocked()
    if (refuse) return refusal(refuse(), request.headers)
    return (await state().occupant?.session?.answer(request)) ?? { kind: 'forward' }
  },
  connect(target) {
    // Its request will be refused when it comes.
    if (endedScope() || blocked()) return 'hold'
    return state().occupant?.session?.connect(target) ?? 'open'
  },
  negotiated: (target) => state().occupant?.session?.negotiated(target),
  nonHttp: (use) => state().occupant?.session?.nonHttp(use),
  unseen(request) {
    const scope = endedScope()
    return scope ? stragglerError(request, scope) : state().occupant?.session?.unseen(request)
  },
}

const refuseStraggler = (request: IncomingRequest, scope: Scope): Outcome =>
  refusal(stragglerError(request, scope), request.headers)

function stragglerError({ method, url }: { method: string; url: string }, scope: Scope): ClosedCassetteError {
  const place = scope.redact?.(url.replace(/[?#].*$/s, '')) ?? URL.parse(url)?.origin ?? ''
  const error = new ClosedCassetteError({ method, url: place }, scope.path)
  process.emitWarning(error.message, { type: 'CassetteWarning', code: error.code })
  return error
}
