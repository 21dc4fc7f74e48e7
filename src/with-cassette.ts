import { timer } from './clock.ts'
import { CassetteOptionError } from './errors/cassette-option-error.ts'
import { followUndici } from './protocols/undici/following.ts'
import { getDefaults, runAsHolder, setDefaults } from './session/process/current.ts'
import type { CassetteSession } from './session/cassette-session.ts'
import type { CassetteOptions } from './session/options/options.ts'
import { checkOptions } from './session/options/resolve-options.ts'
import type * as Opening from './opening.ts'
import type { Session } from './session/session.ts'

type Body<T> = (cassette: CassetteSession) => T | Promise<T>

/** After a miss, the code under test has this much time for its `finally` blocks, ms. */
const GRACE_MS = 250

// From now on, not only when a cassette opens: a connection may be older than the cassette.
followUndici()

/**
 * Opens a cassette, for hooks. Call `close()` in the end, or open it with `await using`. If one function covers the
 * whole life of the cassette, `withCassette` is the better choice: it knows whether the function failed.
 * @throws NestedCassetteError, CassettePathError, CassetteFormatError, CassetteLockedError, CassetteOptionError,
 * StaleCassetteError, ForeignInterceptorsError
 */
export async function openCassette(path: string, options: CassetteOptions = {}): Promise<CassetteSession> {
  return (opening ?? (await loadOpening())).openSession(path, options)
}

let opening: typeof Opening | undefined

/** Most files that import cassette, such as helpers of tests, open none. So all of it is loaded with the first one. */
async function loadOpening(): Promise<typeof Opening> {
  return (opening = await import('./opening.ts'))
}

/**
 * Runs `fn`. While it runs, the cassette at `path` answers or records every HTTP request of the process.
 * @returns the result of `fn`
 * @throws CassetteMiss if a request had no recording, even if the client or `fn` caught that error; else
 * the error of `fn`; else the errors of `openCassette` and `close`
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
  return run(await (opening ?? (await loadOpening())).openSession(path, options), fn)
}

type Settled<T> = { ok: true; value: T } | { ok: false; error: unknown }

async function run<T>(session: Session, fn: Body<T>): Promise<T> {
  const scope = { path: session.path, redact: (text: string) => session.redact(text), ended: false }
  const settled = runAsHolder(scope, async () => fn(session)).then(
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
  // Not reachable: without a failure the race above waits for `fn`.
  if (!result) throw new Error('unreachable: the session ended without a result')
  return result.value
}

function withGrace<T>(settled: Promise<Settled<T>>): Promise<Settled<T> | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  // Not unref'd: if nothing else kept the process alive, it would end before it reports the miss.
  const grace = timer(() => resolve(undefined), GRACE_MS)
  return Promise.race([settled, promise]).finally(() => grace.stop())
}

/**
 * Sets defaults for every cassette that this process opens from now on. A second call adds to the first. Options of
 * `withCassette` override them, and environment variables override both.
 * @throws CassetteOptionError if an option is unknown or has an invalid value
 */
export function configure(defaults: CassetteOptions): void {
  checkOptions(defaults)
  setDefaults({ ...getDefaults(), ...defaults })
}
