import { isIP } from 'node:net'

import { NetworkDeniedError } from '../errors/network-denied-error.ts'
import type { RawUse } from '../exchange/gate.ts'
import { hostOf } from './connect.ts'

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
