import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { isIP } from 'node:net'

import { nextMicrotask } from '../../clock.ts'
import type { Gate } from '../../exchange/gate.ts'
import { isCalledByNet } from '../internals/node-http2.ts'
import { type Method, replaceMethod } from './replace-method.ts'

/**
 * One made-up address for each host. All are loopback addresses: a connection to one by mistake stays on this machine.
 */
const addresses = new Map<string, string>()
/** The hosts by address: by the made-up one, and by the one that a real look-up returned. */
const madeUp = new Map<string, string>()
const lookedUp = new Map<string, string>()

function madeUpAddress(host: string): string {
  const known = addresses.get(host)
  if (known !== undefined) return known
  const n = addresses.size + 1
  const address = `127.80.${(n >> 8) & 255}.${n & 255}`
  addresses.set(host, address)
  madeUp.set(address, host)
  return address
}

const bare = (address: string): string => address.replace(/^::ffff:/i, '')

/** The host of a made-up address. Returns any other address or name unchanged. */
export const dialledHost = (address: string): string => madeUp.get(bare(address)) ?? address

/** The host of an address that was made up or looked up. Returns any other address or name unchanged. */
export const namedHost = (address: string): string =>
  madeUp.get(bare(address)) ?? lookedUp.get(address) ?? address

/** Whether a call of `connect` names an address that was made up for a host while a cassette was open. */
export function namesMadeUpAddress(args: readonly unknown[]): boolean {
  if (madeUp.size === 0) return false
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as readonly unknown[]
  const host: unknown =
    first instanceof Object ? (Reflect.get(first, 'host') ?? Reflect.get(first, 'hostname')) : second
  return [first, host].some((one) => typeof one === 'string' && madeUp.has(bare(hostOf(one))))
}

/** The host of a URL such as `http://127.80.0.1:443`. Returns any other text unchanged. */
const hostOf = (text: string): string => URL.parse(text)?.hostname ?? text

/** Whether nobody may connect to this host at the moment, so that its real address is not needed. */
function isHidden(gate: Gate, host: unknown): host is string {
  if (typeof host !== 'string' || host === '' || isIP(host) !== 0) return false
  if (/^(?:.*\.)?localhost\.?$/i.test(host) || !gate.active()) return false
  return gate.connect({ host, port: 0, protocol: 'http2' }) !== 'open'
}

interface LookupOptions {
  readonly family?: unknown
  readonly all?: unknown
}

const optionsOf = (given: unknown): LookupOptions =>
  typeof given === 'object' && given !== null ? given : { family: given }

function looked(host: string, given: unknown): { address: string; family: number } {
  const { family } = optionsOf(given)
  const isSix = family === 6 || family === 'IPv6'
  return { address: isSix ? `::ffff:${madeUpAddress(host)}` : madeUpAddress(host), family: isSix ? 6 : 4 }
}

const noData = (syscall: string, hostname: string): Error =>
  Object.assign(new Error(`${syscall} ENODATA ${hostname}`), {
    errno: undefined,
    code: 'ENODATA',
    syscall,
    hostname,
  })

/** The answer to each kind of query. An `Error`: there is no such record. */
const ANSWERS: Readonly<Record<string, (host: string, options: unknown) => unknown>> = {
  resolve4: (host, options) =>
    typeof options === 'object' && options !== null && Reflect.get(options, 'ttl') === true
      ? [{ address: madeUpAddress(host), ttl: 60 }]
      : [madeUpAddress(host)],
  resolveAny: (host) => [{ type: 'A', address: madeUpAddress(host), ttl: 60 }],
  resolve6: (host) => noData('queryAaaa', host),
  resolveTxt: (host) => noData('queryTxt', host),
  resolveSrv: (host) => noData('querySrv', host),
  resolve(host, type) {
    const name = { A: 'resolve4', ANY: 'resolveAny' }[typeof type === 'string' ? type.toUpperCase() : 'A']
    return name ? ANSWERS[name]?.(host, undefined) : noData(`query${String(type)}`, host)
  },
}

/**
 * Answers DNS queries for hosts that nobody may connect to: in replay no query leaves the process. A made-up address
 * leads back to its host if the program connects to it later.
 * @remarks Look-ups by Node's own sockets pass: their connections are asked for elsewhere.
 */
export function answerDns(gate: Gate): void {
  replaceMethod(dns, 'lookup', (original) => {
    return function lookup(this: unknown, ...args) {
      const [host, options] = args
      const callback = args.at(-1)
      if (typeof callback !== 'function' || isCalledByNet() || !isHidden(gate, host))
        return Reflect.apply(original, this, args)
      const { address, family } = looked(host, options === callback ? undefined : options)
      const answer = optionsOf(options).all ? [null, [{ address, family }]] : [null, address, family]
      nextMicrotask(() => Reflect.apply(callback, undefined, answer) as void)
      return {}
    }
  })
  replaceMethod(dns.promises, 'lookup', (original) => {
    return async function lookup(this: unknown, ...args) {
      const [host, options] = args
      if (isHidden(gate, host)) {
        const answer = looked(host, options)
        return optionsOf(options).all ? [answer] : answer
      }
      const answer = await Reflect.apply(original, this, args)
      if (gate.active() && typeof host === 'string') remember(host, answer)
      return answer
    }
  })
  for (const [name, answer] of Object.entries(ANSWERS)) {
    for (const owner of [dns, dns.Resolver.prototype])
      replaceMethod(owner, name, (original) => calledBack(gate, original, answer))
    for (const owner of [dns.promises, dns.promises.Resolver.prototype])
      replaceMethod(owner, name, (original) => promised(gate, original, answer))
  }
  syncBuiltinESMExports()
}

function calledBack(
  gate: Gate,
  original: Method,
  answer: (host: string, options: unknown) => unknown,
): Method {
  return function (this: unknown, ...args) {
    const [host, options] = args
    const callback = args.at(-1)
    if (typeof callback !== 'function' || !isHidden(gate, host)) return Reflect.apply(original, this, args)
    const result = answer(host, options === callback ? undefined : options)
    nextMicrotask(() => {
      Reflect.apply(callback, undefined, result instanceof Error ? [result] : [null, result])
    })
    return {}
  }
}

function promised(gate: Gate, original: Method, answer: (host: string, options: unknown) => unknown): Method {
  return async function (this: unknown, ...args) {
    const [host, options] = args
    if (!isHidden(gate, host)) return Reflect.apply(original, this, args)
    const result = answer(host, options)
    if (result instanceof Error) throw result
    return result
  }
}

/** Remembers the host of each address: rules name hosts, but the program may connect to the address. */
function remember(host: string, answer: unknown): void {
  for (const one of Array.isArray(answer) ? (answer as unknown[]) : [answer]) {
    const address: unknown = one instanceof Object ? Reflect.get(one, 'address') : undefined
    if (typeof address === 'string' && host !== address && !/localhost/i.test(host))
      lookedUp.set(address, host)
  }
}
