import { hostOf } from './replaying/address.ts'
import type { ConnectTarget, RawUse, IncomingRequest, Outcome } from '../exchange/gate.ts'
import { isIP } from 'node:net'
import { NetworkDeniedError } from '../errors/network-denied-error.ts'
import { UnseenRequestError } from '../errors/unseen-request-error.ts'
import { UnsupportedProtocolError } from '../errors/unsupported-protocol-error.ts'
import { headerValue } from '../exchange/headers.ts'

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

/** A use of the network as messages and `ignore` rules name it. */
export interface NamedUse {
  /** As in `A ... was stopped`. */
  readonly what: string
  /** As a URL, for `ignore`. */
  readonly url: string
  readonly host: string
  readonly port: number | undefined
  /** The `ignore` rule that lets just this through. */
  readonly rule: string
}

function nameOf(use: RawUse): NamedUse {
  switch (use.kind) {
    case 'unix': {
      const url = `unix://${use.path}`
      return { what: `connection to ${url}`, url, host: use.path, port: undefined, rule: url }
    }
    case 'dns': {
      const host = hostOf(use.host)
      return {
        what: `DNS query for ${host}`,
        url: `dns://${host}/`,
        host: use.host,
        port: undefined,
        rule: host,
      }
    }
    default: {
      const rule = `${hostOf(use.host)}:${use.port}`
      const what = `${use.kind.toUpperCase()} ${use.kind === 'udp' ? 'message' : 'connection'} to ${rule}`
      return { what, url: `${use.kind}://${rule}/`, host: use.host, port: use.port, rule }
    }
  }
}

/** Addresses, and names that nobody asks a server for (RFC 6761, section 6.3). */
const isLocalName = (host: string): boolean =>
  host === '' || isIP(host) !== 0 || /^(.*\.)?localhost\.?$/i.test(host)

/** Whether a use of the network that no recording can answer is stopped, unless `ignore` names it. */
function isStopped(use: RawUse, network: 'allow' | 'deny', isLive: boolean): boolean {
  if (network === 'allow' || isLive) return false
  return !(use.kind === 'dns' && use.by === 'lookup' && isLocalName(use.host))
}

export interface RawUsesContext {
  readonly path: string
  readonly mode: string
  readonly network: 'allow' | 'deny'
  /** Whether anything may go live. */
  readonly isLive: boolean
  /** The rules of `ignore`. */
  readonly ignored: (method: string, url: string) => boolean
  readonly latch: (error: Error) => Error
  /** Whether anything of this host is recorded: then its name is answered without a query. */
  readonly recorded: (host: string) => boolean
}

/** What `network: 'deny'` stops. */
export class RawUses {
  readonly #context: RawUsesContext
  /** To dial a host that `ignore` names, by its port or its URL, its name is looked up. */
  readonly #dialled = new Set<string>()

  constructor(context: RawUsesContext) {
    this.#context = context
  }

  /** As the rules of `ignore`; remembers the hosts that may be dialled. */
  ignored(method: string, url: string): boolean {
    const { ignored, network } = this.#context
    if (!ignored(method, url)) return false
    if (network === 'deny') this.#dialled.add(URL.parse(url)?.hostname ?? '')
    return true
  }

  raw(use: RawUse): Error | undefined {
    const { network, isLive, latch, path, mode, recorded } = this.#context
    if (!isStopped(use, network, isLive)) return undefined
    if (use.kind === 'dns' && recorded(use.host)) return undefined
    const { url, ...named } = nameOf(use)
    if (this.ignored('CONNECT', url) || (use.kind === 'dns' && this.#dialled.has(hostOf(use.host))))
      return undefined
    return latch(new NetworkDeniedError({ ...named, path, mode }))
  }
}

/**
 * Whether a connection may be opened whose request is not known yet. One of HTTP/2 carries many: where some of a server's
 * are recorded, it is not dialled before one comes that is not.
 */
export function mayConnect(
  { host, port, protocol }: ConnectTarget,
  live: boolean,
  ignored: (method: string, url: string) => boolean,
  recorded: (target: { host: string; port: number }) => boolean,
): 'open' | 'hold' {
  const name = hostOf(host)
  const urls = ['http', 'https'].map((scheme) => `${scheme}://${name}:${port}/`)
  if (urls.some((url) => ignored('CONNECT', url))) return 'open'
  return live && !(protocol === 'http2' && recorded({ host, port })) ? 'open' : 'hold'
}

/** Another protocol's opening than a WebSocket's: what follows is nothing that could be recorded. */
export const isUpgrade = ({ headers, url }: IncomingRequest): boolean =>
  headerValue(headers, 'upgrade') !== undefined && !/^wss?(?:\+unix)?:/i.test(url)
