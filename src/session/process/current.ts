import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'

import { isoNow } from '../../clock.ts'
import { ClosedCassetteError } from '../../errors/closed-cassette-error.ts'
import { NestedCassetteError } from '../../errors/nested-cassette-error.ts'
import type { Gate, IncomingRequest, Outcome } from '../../exchange/gate.ts'
import type { CassetteOptions } from '../options/options.ts'
import { refusal } from '../../exchange/refusal.ts'

/** The questions of the protocols to the open session. */
export interface Answering extends Pick<
  Gate,
  'answer' | 'forwards' | 'connect' | 'negotiated' | 'nonHttp' | 'unseen'
> {
  /** Ends the session without waiting, as the exit of the process does. */
  finishNow?(run: { failed: boolean }): void
}

/** The async scope of one `withCassette`. A request that comes out of it after its end is a straggler. */
export interface Scope {
  readonly path: string
  /** Redacts the address of a straggler without its query. Absent: messages have only the origin. */
  readonly redact?: (text: string) => string
  ended: boolean
  /** Present if another test has the place. Makes the error for the requests of this scope. */
  readonly blocked?: () => Error
}

interface Occupant {
  readonly path: string
  /** ISO 8601. */
  readonly since: string
  /** What to do instead, for the error of the next session that wants the place. */
  readonly choose: string | undefined
  session: Answering | undefined
  /** Of the `withCassette` that has the place. */
  scope: Scope | undefined
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
  /** Set once any copy of the package has patched the process. */
  refresh: (() => Promise<void> | void) | undefined
  /** Of the last refresh: resolves when the program may send requests. */
  refreshed?: Promise<void> | void
  /** Whether the environment has been checked for unknown variables. */
  environmentChecked?: boolean
}

/**
 * @remarks Jest's VM does not see symbols on `globalThis`. Its `process` is a copy, made with the environment of the test file:
 * it has the symbols that `process` had then.
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
 * @param choose what to do instead, for the error of the next session that wants the place
 * @throws NestedCassetteError if another session has the place; that session is not disturbed
 */
export function occupy(path: string, choose?: string): Place {
  const shared = state()
  if (shared.occupant) throw new NestedCassetteError(path, shared.occupant)
  const occupant: Occupant = { path, since: isoNow(), choose, session: undefined, scope: undefined }
  shared.occupant = occupant
  return {
    attach: (session) => void (occupant.session = session),
    release() {
      if (shared.occupant !== occupant) return
      shared.occupant = undefined
      shared.refreshed = shared.refresh?.()
    },
  }
}

/**
 * Ends the session that has the place, as the exit of the process would: what was recorded is kept. Requests that come later
 * out of its `withCassette` are stragglers.
 * @returns its path; `undefined`: the place is free
 * @throws CassetteWriteError and others, if the cassette cannot be written
 */
export function endLeftOpen(): string | undefined {
  const shared = state()
  const { occupant } = shared
  if (!occupant) return undefined
  if (occupant.scope) occupant.scope.ended = true
  try {
    occupant.session?.finishNow?.({ failed: true })
  } finally {
    // A session of another copy of the package may not end so.
    if (shared.occupant === occupant) shared.occupant = undefined
  }
  return occupant.path
}

/** Whether this is the first call in the process, counting all copies of the package. */
export function isFirstEnvironmentCheck(): boolean {
  const shared = state()
  if (shared.environmentChecked === true) return false
  shared.environmentChecked = true
  return true
}

/** Runs `fn` in the scope of the cassette that has the place. */
export function runAsHolder<T>(scope: Scope, fn: () => T): T {
  const { occupant } = state()
  if (occupant) occupant.scope = scope
  return runInScope(scope, fn)
}

export const runInScope = <T>(scope: Scope, fn: () => T): T => state().scopes.run(scope, fn)

/** Patches the process if no copy of the package has done so, and updates the patches. */
export function ensurePatched(install: (gate: Gate) => { refresh(): Promise<void> }): void {
  const shared = state()
  if (!shared.refresh) {
    const protocols = install(gate)
    // A server that was started in a scope may outlive it. Requests that its handlers send later are no stragglers.
    subscribe('http.server.request.start', () => {
      if (endedScope()) shared.scopes.enterWith(NO_SCOPE)
    })
    shared.refresh = () => protocols.refresh()
  }
  shared.refreshed = shared.refresh()
}

/** Resolves when the program may send requests after a session has begun or ended. */
export const refreshed = async (): Promise<void> => state().refreshed

/** `ending`, and then {@link refreshed}. */
export async function thenRefreshed(ending: Promise<void>): Promise<void> {
  try {
    await ending
  } finally {
    await refreshed()
  }
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
  forwards(method) {
    if (endedScope() || blocked()) return false
    return state().occupant?.session?.forwards(method) ?? true
  },
  connect(target) {
    // The request is refused when it comes.
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
