import { CassetteOptionError } from './errors/cassette-option-error.ts'
import { checkInterceptors } from './protocols/internals/foreign.ts'
import { installProtocols } from './protocols/install.ts'
import { ensurePatched, getDefaults, runInScope, setDefaults } from './session/process/current.ts'
import type { CassetteSession } from './session/cassette-session.ts'
import type { CassetteOptions } from './session/options/options.ts'
import { checkOptions } from './session/options/resolve-options.ts'
import { Session } from './session/session.ts'

type Body<T> = (cassette: CassetteSession) => T | Promise<T>

/** After a miss the code under test has this long for its `finally` blocks, ms. */
const GRACE_MS = 250

/**
 * Opens a cassette. For hooks: `close()` it in the end, or open it with `await using`. Where one function spans
 * the cassette's life, `withCassette` is the better choice: it knows whether the function failed.
 * @throws NestedCassetteError, CassettePathError, CassetteFormatError, CassetteLockedError, CassetteOptionError,
 * StaleCassetteError, ForeignInterceptorsError
 */
export async function openCassette(path: string, options: CassetteOptions = {}): Promise<CassetteSession> {
  return open(path, options)
}

function open(path: string, options: CassetteOptions): Session {
  patchProcess()
  const onExit = (): void => session.exit()
  const session = Session.open(path, options, { onEnd: () => process.off('exit', onExit) })
  process.on('exit', onExit)
  return session
}

/**
 * Patches the process, if nobody has, and brings the patches up to date. For integrations that open sessions of
 * their own: before they do.
 * @throws ForeignInterceptorsError
 */
export function patchProcess(): void {
  checkInterceptors()
  ensurePatched(installProtocols)
}

/**
 * Runs `fn` with every HTTP request of the process answered from the cassette at `path`, or recorded into it.
 * Gives back what `fn` gives.
 *
 * @throws CassetteMiss if a request had no recording, whatever the client or `fn` did with the failure; else
 * what `fn` throws; else what `openCassette` and `close` throw
 *
 * @example
 * const answer = await withCassette('cassettes/capital.yaml', () => askForCapital('France'))
 */
export function withCassette<T>(path: string, fn: Body<T>): Promise<T>
export function withCassette<T>(path: string, options: CassetteOptions, fn: Body<T>): Promise<T>
export async function withCassette<T>(
  path: string,
  optionsOrFn: CassetteOptions | Body<T>,
  body?: Body<T>,
): Promise<T> {
  const options = typeof optionsOrFn === 'function' ? {} : optionsOrFn
  const fn = typeof optionsOrFn === 'function' ? optionsOrFn : body
  if (typeof fn !== 'function')
    throw new CassetteOptionError('withCassette', 'a function as its last argument', typeof fn)
  return run(open(path, options), fn)
}

type Settled<T> = { ok: true; value: T } | { ok: false; error: unknown }

async function run<T>(session: Session, fn: Body<T>): Promise<T> {
  const scope = { path: session.path, redact: (text: string) => session.redact(text), ended: false }
  const settled = runInScope(scope, async () => fn(session)).then(
    (value): Settled<T> => ({ ok: true, value }),
    (error: unknown): Settled<T> => ({ ok: false, error }),
  )
  const failed = session.failed.then(() => undefined)
  const result = (await Promise.race([settled, failed])) ?? (await withGrace(settled))
  scope.ended = true

  const closing = await session.finish({ failed: !result?.ok }).then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  if (session.latched) throw session.latched
  if (result && !result.ok) throw result.error
  if (closing) throw closing.error
  // Without a result and without a failure `fn` cannot have settled.
  if (!result) throw new Error('unreachable: the session ended without a result')
  return result.value
}

function withGrace<T>(settled: Promise<Settled<T>>): Promise<Settled<T> | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  // Not unref'd: with nothing else to wait for, the process would end before the miss is told.
  const timer = setTimeout(resolve, GRACE_MS, undefined)
  return Promise.race([settled, promise]).finally(() => clearTimeout(timer))
}

/**
 * Sets defaults for every cassette this process opens from now on; a second call adds to the first. Options
 * given to `withCassette` beat them, environment variables beat both.
 * @throws CassetteOptionError
 */
export function configure(defaults: CassetteOptions): void {
  checkOptions(defaults)
  setDefaults({ ...getDefaults(), ...defaults })
}
