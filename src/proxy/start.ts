import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'

import { CassetteOptionError } from '../errors/cassette-option-error.ts'
import { patchProcess } from '../opening.ts'
import type { CassetteOptions } from '../session/options/options.ts'
import { checkOptions } from '../session/options/resolve-options.ts'
import { refreshed } from '../session/process/current.ts'
import { listen, type Listener } from './listener.ts'
import { Passage } from './passage.ts'
import { Scopes } from './scopes.ts'
import { type CassetteSummary, summaryOf } from './summary.ts'
import { type Route, routeOf, type Target, targetsOf } from './targets.ts'

export type { CassetteSummary, MissSummary } from './summary.ts'
export type { Route } from './targets.ts'

/** The options of a proxy, and those of its cassettes. */
export interface ProxyOptions extends CassetteOptions {
  /**
   * The servers: a URL, `PATH=URL`, or the name of a known client such as `openai`. With several, each has a path of its own.
   * `h2c://host:port` is a server that speaks HTTP/2 without TLS.
   */
  readonly target: string | readonly string[]
  /**
   * The cassette for requests outside of an open scope.
   * @defaultValue none: each request needs an open scope
   */
  readonly cassette?: string
  /**
   * The port; 0 for any that is free.
   * @defaultValue 0
   */
  readonly port?: number
  /**
   * The address to listen on.
   * @defaultValue `127.0.0.1`: only this machine reaches the proxy
   */
  readonly host?: string
}

/** A running proxy. */
export interface CassetteProxy {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** What opens and closes cassettes over HTTP. */
  readonly token: string
  /** How clients reach each target. */
  readonly routes: readonly Route[]
  /** How many requests came that were for a target. */
  readonly requests: number
  /** The cassettes that were opened until now, those that are closed first. */
  readonly cassettes: readonly CassetteSummary[]
  /**
   * Stops: lets open requests end for 5 s, and writes the cassettes. A second call waits for the first.
   * @throws {CassetteMiss} the first miss of the proxy
   * @throws {CassetteWriteError} if a cassette could not be written
   */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const GRACE_MS = 5000

/**
 * Starts a reverse proxy that records and replays what passes through it, for programs in any language. It forwards only to its
 * targets, and follows no redirect.
 * @throws {CassetteOptionError} if an option is wrong, the port is in use, or a target is the proxy itself
 * @throws {NestedCassetteError} if a cassette is open in this process
 * @throws what `openCassette` throws
 */
export async function startProxy(options: ProxyOptions): Promise<CassetteProxy> {
  const { target, cassette, port = 0, host = '127.0.0.1', ...cassetteOptions } = options
  checkOptions(cassetteOptions)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new CassetteOptionError('port', 'a whole number from 0 to 65535', String(port))
  const targets = targetsOf(typeof target === 'string' ? [target] : target)
  patchProcess()
  const scopes = new Scopes(cassette ?? 'the cassettes of a proxy')
  let listener: Listener | undefined
  try {
    const main = cassette === undefined ? undefined : scopes.start(cassette, cassetteOptions)
    await refreshed()
    const passage = new Passage({ scopes, targets, main, options: cassetteOptions })
    listener = await listen(host, port, passage)
    await checkNotItself(targets, host, listener.port)
    const url = `http://${urlHost(host)}:${listener.port}`
    passage.url = url
    return proxyOf(url, listener, scopes, passage, targets)
  } catch (error) {
    await listener?.close(0)
    for (const scope of scopes.open) await scopes.finish(scope)
    scopes.leave()
    throw error
  }
}

function proxyOf(
  url: string,
  listener: Listener,
  scopes: Scopes,
  passage: Passage,
  targets: readonly Target[],
): CassetteProxy {
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await listener.close(GRACE_MS)
    const problems: unknown[] = []
    for (const scope of scopes.open) {
      try {
        await scopes.finish(scope)
      } catch (error) {
        problems.push(error)
      }
      if (scope.session.latched) problems.push(scope.session.latched)
      passage.closed.push(summaryOf(scope.session))
    }
    scopes.leave()
    await refreshed()
    if (problems.length > 0) throw problems[0]
  }
  return {
    url,
    port: listener.port,
    token: passage.token,
    routes: targets.map((target) => routeOf(target, url)),
    get requests() {
      return passage.requests
    },
    get cassettes() {
      return [...passage.closed, ...scopes.open.map(({ session }) => summaryOf(session))]
    },
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]() {
      return this.close()
    },
  }
}

const urlHost = (host: string): string =>
  host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host

/** @throws {CassetteOptionError} if requests to a target would come back to the proxy */
async function checkNotItself(targets: readonly Target[], host: string, port: number): Promise<void> {
  const own = new Set(
    Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)),
  )
  for (const { origin } of targets) {
    const url = new URL(origin)
    if (Number(url.port || (url.protocol === 'https:' ? 443 : 80)) !== port) continue
    const name = url.hostname.replace(/^\[(.*)\]$/, '$1')
    const addresses = await lookup(name, { all: true }).catch(() => [])
    if (
      addresses.some(
        ({ address }) => own.has(address) || address === host || /^(?:127\.|0\.0\.0\.0$|::1?$)/.test(address),
      )
    )
      throw new CassetteOptionError('target', 'another server than the proxy itself', origin)
  }
}
